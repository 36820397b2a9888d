import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { inheritedEnv, testbedEnv } from './env.ts'
import type { Exit } from './processes/child.ts'
import { freePort } from './processes/free-port.ts'
import { startPostgres, withClient, type PostgresServer } from './stores/postgres.ts'
import { temporaryFolder } from './temporary-folder.ts'

export type DisposablePostgres = {
  /** Connects as the owner of a migrated, empty database of its own. */
  readonly url: string
  /** Drops the database, cutting whoever is still connected. */
  stop(): Promise<void>
}

export type PostgresForTests = {
  readonly url: string
  readonly port: number
  stop(): Promise<void>
  /** kill -9 of the server and its backends; data stays for `restart()`. */
  kill9(): Promise<Exit>
  /** Starts it again on the same port with the same data; stops it first if it still runs. */
  restart(): Promise<void>
}

const template = 'migrated_template'
// Any number: whoever holds it may make the template.
const templateLock = 7_215_001

/**
 * A fresh, migrated database for one test file: a copy of a template, some 50 ms.
 *
 * All copies live in one server. `npm test` and the vitest set-up share one among all workers; without
 * them this process starts one for itself.
 */
export async function disposablePostgres(): Promise<DisposablePostgres> {
  const server = await serverUrl()
  await ensureTemplate(server)
  const name = `test_${randomBytes(8).toString('hex')}`
  await withClient(server, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`))
  return {
    url: urlOf(server, name),
    stop: async () => {
      await withClient(server, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
    },
  }
}

export type PostgresForTestsOptions = {
  /** Otherwise a kill -9 loses what was committed last. */
  readonly durable?: boolean
  /** A folder that is there; one of its own in the system's folder for temporary files unless told. */
  readonly within?: string
  readonly env?: Readonly<Record<string, string>>
}

/** A Postgres server for tests: in a temporary folder, dying with this process, fast. */
export async function startTestPostgres(options: PostgresForTestsOptions = {}): Promise<PostgresForTests> {
  const { durable = false, within, env = {} } = options
  const folder = temporaryFolder('postgres', within)
  const port = await freePort()
  const start = () => startPostgres({ folder: folder.path, port, durable, env, diesWithParent: true })
  let server: PostgresServer = await start()
  return {
    url: server.url,
    port,
    async stop() {
      await server.stop()
      folder.remove()
    },
    kill9: () => server.kill9(),
    async restart() {
      await server.stop()
      server = await start()
    },
  }
}

let ownServer: Promise<PostgresForTests> | undefined

async function serverUrl(): Promise<string> {
  const { postgresUrl } = testbedEnv()
  if (postgresUrl !== undefined) return postgresUrl
  ownServer ??= startTestPostgres()
  return (await ownServer).url
}

let templateMade: Promise<void> | undefined

async function ensureTemplate(server: string): Promise<void> {
  templateMade ??= makeTemplate(server)
  await templateMade
}

/** The first worker of all makes the template; the others wait for it at the lock. */
async function makeTemplate(server: string): Promise<void> {
  await withClient(server, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [templateLock])
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [template])
    if (found.rowCount !== 0) return
    const unfinished = `${template}_unfinished`
    await client.query(`DROP DATABASE IF EXISTS ${unfinished} WITH (FORCE)`)
    await client.query(`CREATE DATABASE ${unfinished}`)
    migrate(urlOf(server, unfinished))
    await client.query(`ALTER DATABASE ${unfinished} RENAME TO ${template}`)
  })
}

/** Brings a database to the newest schema. @throws Error with what the migrations said */
export function migrate(databaseUrl: string): void {
  const script = fileURLToPath(new URL('../../db/src/migrate.ts', import.meta.url))
  const { status, stderr } = spawnSync(process.execPath, [script], {
    env: inheritedEnv({ DATABASE_URL: databaseUrl }),
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`The migrations failed:\n${stderr}`)
}

function urlOf(server: string, database: string): string {
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.href
}
