import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MigrationList, SchemasContainer } from './schema-engine.ts'

/** The repository's prisma folder: schema, migrations, seed. */
export const prismaFolder = fileURLToPath(new URL('../../../../prisma', import.meta.url))
export const migrationsFolder = join(prismaFolder, 'migrations')
const lockFile = 'migration_lock.toml'

/** The migrations on disk as the engine wants them, oldest first. A folder that does not exist is an empty list. */
export async function readMigrations(folder = migrationsFolder): Promise<MigrationList> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return {
    baseDir: folder,
    lockfile: { path: lockFile, content: await readFile(join(folder, lockFile), 'utf8').catch(() => null) },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.toSorted().map(async (name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok' as const, value: await readFile(join(folder, name, 'migration.sql'), 'utf8') },
        },
      })),
    ),
  }
}

export async function readSchema(): Promise<SchemasContainer> {
  const path = join(prismaFolder, 'schema.prisma')
  return { files: [{ path, content: await readFile(path, 'utf8') }] }
}
