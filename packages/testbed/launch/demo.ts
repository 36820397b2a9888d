import { join } from 'node:path'
import { z } from 'zod'
import { withClient } from '../src/stores/postgres.ts'
import type { DataFolder } from './data-folder.ts'
import { root } from './env.ts'
import { runToEnd } from './run-to-end.ts'

const demoSchema = z.object({
  logins: z.array(z.object({ role: z.string(), email: z.string(), password: z.string() })),
  keys: z.array(z.object({ name: z.string(), secret: z.string(), organisation: z.string(), team: z.string() })),
})

/** Who may sign in and which keys work; what the seed made, or nothing. */
export type Demo = z.output<typeof demoSchema>

const fileName = 'demo.json'

/** Whether the seed is due: on a database that nobody used, or that a seed was interrupted in. */
export async function demoIsDue(folder: DataFolder, databaseUrl: string): Promise<boolean> {
  const begun = folder.readJson(fileName)
  if (begun !== undefined) return !demoSchema.safeParse(begun).success
  const found = await withClient(databaseUrl, (client) => client.query('SELECT 1 FROM organisation LIMIT 1'))
  return found.rowCount === 0
}

/** Fills the database with the demo; the seed writes its logins and keys into the data folder. */
export async function seedDemo(
  folder: DataFolder,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  // Made by us, so that only its owner can read what the seed writes into it; until then: begun.
  folder.writeJson(fileName, {})
  await runToEnd({
    name: 'demo seed',
    command: process.execPath,
    args: [join(root, 'prisma/seed.ts')],
    env: { ...env, DEMO_FILE: folder.at(fileName) },
    log: folder.at('logs', 'seed.log'),
    signal,
  })
}

/** The logins and keys of the demo in this data folder; none where it was never seeded. */
export function readDemo(folder: DataFolder): Demo {
  return demoSchema.safeParse(folder.readJson(fileName)).data ?? { logins: [], keys: [] }
}
