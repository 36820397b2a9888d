import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import type { MigrationList, SchemaEngine, SchemasContainer } from '@prisma/schema-engine-wasm'
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg'
import pg from 'pg'

export type { MigrationList, SchemaEngine, SchemasContainer }

export const noFilters = { externalTables: [], externalEnums: [] }

/**
 * Gives `work` Prisma's schema engine in its WebAssembly build: the same engine as the binary that `prisma migrate`
 * downloads, so that migrating needs nothing but npm packages. `schema` is needed to compare, not to apply.
 */
export async function withSchemaEngine<T>(
  at: { url: string; schema?: SchemasContainer },
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  await load()
  const datamodels = at.schema?.files.map((file): [string, string] => [file.path, file.content])
  const pool = new pg.Pool({ connectionString: at.url })
  const adapter = bindMigrationAwareSqlAdapterFactory(new CatalogueAdapter(pool))
  try {
    return await work(await bindings.SchemaEngine.new({ datamodels }, () => {}, adapter))
  } finally {
    await pool.end()
  }
}

// Neither the ES nor the Node type libraries declare it.
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, object>,
  ): Promise<{ instance: { exports: Readonly<Record<string, unknown>> } }>
}

let loaded: Promise<void> | undefined

function load(): Promise<void> {
  loaded ??= (async () => {
    const path = import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/\.js$/, '.wasm')
    const { instance } = await WebAssembly.instantiate(await readFile(fileURLToPath(path)), {
      './schema_engine_bg.js': bindings,
    })
    // oxlint-disable-next-line no-underscore-dangle -- the name is wasm-bindgen's
    bindings.__wbg_set_wasm(instance.exports)
    const start = instance.exports['__wbindgen_start']
    if (typeof start === 'function') start()
  })()
  return loaded
}

const charOid = 18
const bpcharOid = 1042

/**
 * The adapter with two repairs. It cannot read Postgres's internal type `"char"`, which the engine selects from the
 * catalogue when it compares schemas: such columns are announced as bpchar and handed on as single characters.
 */
class CatalogueAdapter extends PrismaPg {
  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = await super.connect()
    const pool = adapter.underlyingDriver()
    let charColumns: number[] = []
    const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<pg.QueryArrayResult>
    const patched = async (...args: unknown[]) => {
      const result = await query(...args)
      charColumns = []
      for (const [index, field] of (result.fields ?? []).entries()) {
        if (field.dataTypeID !== charOid) continue
        field.dataTypeID = bpcharOid
        charColumns.push(index)
      }
      return result
    }
    pool.query = patched
    const queryRaw = adapter.queryRaw.bind(adapter)
    adapter.queryRaw = async (statement) => {
      charColumns = []
      const rows = await queryRaw(statement)
      for (const index of charColumns) rows.columnTypes[index] = ColumnTypeEnum.Character
      return rows
    }
    // The adapter would cut a script at every semicolon; whole, it is also one transaction.
    adapter.executeScript = async (script) => {
      await pool.query(script)
    }
    return adapter
  }
}
