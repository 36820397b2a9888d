import { atomic } from '../atomic.ts'
import { connectDatabase } from '../client.ts'
import { databaseUrl } from '../env.ts'
import { importPrices } from './import.ts'

/** Fills the price book after the price package was updated: `DATABASE_URL=… node src/prices/import-now.ts`. */
const database = connectDatabase(databaseUrl(), { maxConnections: 1 })
const { imported, rows, editionId } = await atomic(database.prisma, importPrices)
console.log(imported ? `Imported ${rows} prices as edition ${editionId}` : `Edition ${editionId} is up to date.`)
await database.close()
