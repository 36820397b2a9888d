import { argv, exit } from 'node:process'
import { atomic } from './atomic.ts'
import { connectDatabase } from './client.ts'
import { databaseUrl } from './env.ts'
import { withClient } from './migrations/databases.ts'
import { readMigrations } from './migrations/folder.ts'
import { noFilters, withSchemaEngine } from './migrations/schema-engine.ts'
import { importPrices, type ImportedPrices } from './prices/index.ts'

// Any number: whoever holds it may migrate.
const migrationLock = 7_215_002

export type Migrated = {
  /** Names of the migrations that were applied now. */
  applied: readonly string[]
  prices: ImportedPrices
}

/**
 * Brings the database at `url` to the newest migration and its price book to the installed prices. A second run finds
 * nothing to do. Several processes may call it at once: one works, the others wait. Throws when SQL fails.
 */
export async function migrate(url: string): Promise<Migrated> {
  return withClient(url, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock])
    const migrationsList = await readMigrations()
    const { appliedMigrationNames: applied } = await withSchemaEngine({ url }, (engine) =>
      engine.applyMigrations({ migrationsList, filters: noFilters }),
    )
    const database = connectDatabase(url, { maxConnections: 1 })
    try {
      return { applied, prices: await atomic(database.prisma, importPrices) }
    } finally {
      await database.close()
    }
  })
}

if (argv[1] === import.meta.filename) {
  try {
    const { applied, prices } = await migrate(databaseUrl())
    for (const name of applied) console.log(`Applied ${name}`)
    if (prices.imported) console.log(`Imported ${prices.rows} prices as edition ${prices.editionId}`)
    if (applied.length === 0 && !prices.imported) console.log('The database is up to date.')
    // The engine leaves a timer of its lock behind, which would keep the process for 10 s.
    exit(0)
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    exit(1)
  }
}
