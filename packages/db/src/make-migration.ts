import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { argv, exit } from 'node:process'
import { databaseUrl } from './env.ts'
import { missingMigration } from './migrations/difference.ts'
import { migrationsFolder } from './migrations/folder.ts'

/**
 * Writes the migration that is missing between prisma/migrations and prisma/schema.prisma:
 * `DATABASE_URL=… node src/make-migration.ts <name>`. Needs a server on which it may create a shadow database.
 * Constraints that the schema language cannot say are added to the file by hand afterwards.
 */
const name = argv[2]?.toLowerCase().replace(/\W+/g, '_')
if (!name) {
  console.error('Usage: node src/make-migration.ts <name>')
  exit(2)
}
const sql = await missingMigration(databaseUrl())
if (sql === undefined) {
  console.log('The migrations agree with schema.prisma.')
  exit(0)
}
const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
const folder = join(migrationsFolder, `${stamp}_${name}`)
await mkdir(folder, { recursive: true })
await writeFile(join(folder, 'migration.sql'), sql)
await writeFile(
  join(migrationsFolder, 'migration_lock.toml'),
  '# The kind of database the migrations are written for.\nprovider = "postgresql"\n',
)
console.log(`Wrote ${folder}/migration.sql`)
