import { prismaFolder, readMigrations, readSchema } from './folder.ts'
import { noFilters, withSchemaEngine } from './schema-engine.ts'
import { withShadowDatabase } from './databases.ts'

/**
 * SQL that leads from the migrations on disk to schema.prisma; undefined when they agree. Works in a shadow database
 * beside the one of `url`, which it makes and drops.
 */
export async function missingMigration(url: string): Promise<string | undefined> {
  const [schema, migrationsList] = [await readSchema(), await readMigrations()]
  return withShadowDatabase(url, (shadow) =>
    withSchemaEngine({ url: shadow, schema }, async (engine) => {
      await engine.applyMigrations({ migrationsList, filters: noFilters })
      const { exitCode, stdout } = await engine.diff({
        from: { tag: 'schemaDatasource', files: schema.files, configDir: prismaFolder },
        to: { tag: 'schemaDatamodel', files: schema.files },
        script: true,
        exitCode: true,
        filters: noFilters,
      })
      return exitCode === 2 ? (stdout ?? '') : undefined
    }),
  )
}
