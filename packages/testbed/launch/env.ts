import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { Problem } from './progress.mjs'

/** The repository. */
export const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '')

const port = (standard: number) => z.coerce.number().int().min(0).max(65_535).default(standard)

const schema = z.object({
  /** 0 takes a free port; so with the other three. */
  PROXY_PORT: port(8_080),
  CONSOLE_PORT: port(3_000),
  SIMULATOR_PORT: port(9_099),
  WORKER_PORT: port(9_464),
  /** Embedded Postgres and Redis are started where these are not given. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' }).optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// address' }).optional(),
  DATA_DIR: z
    .string()
    .default('.data')
    .transform((folder) => resolve(root, folder)),
  /** Start empty and print a set-up link instead of demo logins. */
  NO_DEMO: z.stringbool().default(false),
  // Made once and kept in the data folder where these are not given.
  KEY_PEPPERS: z.string().optional(),
  CREDENTIAL_PRIVATE_KEY: z.string().optional(),
  CREDENTIAL_PUBLIC_KEY: z.string().optional(),
  INTERNAL_TOKEN: z.string().optional(),
  NEXTAUTH_SECRET: z.string().optional(),
})

export type LaunchEnv = z.output<typeof schema>

/**
 * The configuration of `npm start` and `npm stop`: the environment, and `.env` for what it leaves open.
 *
 * @throws Problem that lists everything that is wrong
 */
export function readLaunchEnv(): LaunchEnv {
  const file = join(root, '.env')
  if (existsSync(file)) process.loadEnvFile(file)
  const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
  throw new Problem(`The environment is not right:\n${problems.join('\n')}`)
}

/** The browser for the journeys, where the person says which. */
export function browserPath(): string | undefined {
  return process.env['CHROMIUM_PATH'] || undefined
}
