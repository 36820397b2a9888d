import { argv, exit } from 'node:process'
import { databaseUrl } from './env.ts'
import { withClient } from './migrations/databases.ts'
import { migrationsFolder, readMigrations } from './migrations/folder.ts'
import { noFilters, withSchemaEngine } from './migrations/schema-engine.ts'

// Any number: whoever holds it may migrate.
const migrationLock = 7_215_002

/**
 * Brings the database at `url` to the newest migration and gives the names of those it applied, none the second time.
 * Several processes may call it at once: one works, the others wait. Throws with the engine's words when SQL fails.
 */
export async function migrate(url: string, folder = migrationsFolder): Promise<{ applied: readonly string[] }> {
  return withClient(url, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock])
    const migrationsList = await readMigrations(folder)
    const { appliedMigrationNames } = await withSchemaEngine({ url }, (engine) =>
      engine.applyMigrations({ migrationsList, filters: noFilters }),
    )
    return { applied: appliedMigrationNames }
  })
}

if (argv[1] === import.meta.filename) {
  try {
    const { applied } = await migrate(databaseUrl())
    for (const name of applied) console.log(`Applied ${name}`)
    if (applied.length === 0) console.log('The database is up to date.')
    // The engine leaves a timer of its lock behind, which would keep the process for 10 s.
    exit(0)
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    exit(1)
  }
}
