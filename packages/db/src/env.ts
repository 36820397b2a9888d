import { z } from 'zod'

/** What this package needs from the environment; applications compose it into their own. */
export const databaseEnv = {
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' }),
}

/** Environment of the migration tools. Generation needs no database, so the address may be absent there. */
export const migrationEnv = (): { DATABASE_URL: string } => ({
  DATABASE_URL: process.env['DATABASE_URL'] ?? 'postgres://localhost:5432/unset',
})
