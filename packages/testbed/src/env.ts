import { fileURLToPath } from 'node:url'

/**
 * The only reader of the environment in this package's sources. `npm test` and `npm run bench` set the
 * `TESTBED_*` variables; without them the disposable stores start servers of their own.
 */
export type TestbedEnv = {
  /** Superuser URL of a Postgres server on which databases may be created and dropped. */
  readonly postgresUrl: string | undefined
  /** URL of a Redis server with many databases that tests may share. */
  readonly redisUrl: string | undefined
  /** Where tools are unpacked: the git-ignored `.toolchain` of the repository. */
  readonly toolchainFolder: string
}

/** What `npm test` handed to this process. */
export function testbedEnv(): TestbedEnv {
  return {
    postgresUrl: process.env['TESTBED_POSTGRES_URL'],
    redisUrl: process.env['TESTBED_REDIS_URL'],
    toolchainFolder: fileURLToPath(new URL('../../../.toolchain', import.meta.url)),
  }
}

/** Hands the shared servers on to the processes that this one starts from now on. */
export function shareStores(urls: { postgresUrl: string; redisUrl: string }): void {
  process.env['TESTBED_POSTGRES_URL'] = urls.postgresUrl
  process.env['TESTBED_REDIS_URL'] = urls.redisUrl
}

/** The environment a child process inherits, with `changes` on top; `undefined` removes a variable. */
export function inheritedEnv(changes: Readonly<Record<string, string | undefined>> = {}): NodeJS.ProcessEnv {
  const env = { ...process.env }
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete env[name]
    else env[name] = value
  }
  return env
}
