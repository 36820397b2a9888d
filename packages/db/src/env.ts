import { z } from 'zod'

const postgresUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' })

/** What this package needs from the environment; applications compose it into their own. */
export const databaseEnv = { DATABASE_URL: postgresUrl }

/** Address for the scripts of this package. Throws one sentence when it is absent or wrong. */
export function databaseUrl(): string {
  const parsed = postgresUrl.safeParse(process.env['DATABASE_URL'])
  if (!parsed.success) throw new Error('DATABASE_URL must be a postgres:// address')
  return parsed.data
}

/** Environment of the Prisma command. Generation needs no database, so the address may be absent there. */
export const migrationEnv = (): { DATABASE_URL: string } => ({
  DATABASE_URL: process.env['DATABASE_URL'] ?? 'postgres://localhost:5432/unset',
})
