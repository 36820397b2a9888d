import type pg from 'pg'

/** One column of a bulk insert: its Postgres type, and its value in a row. */
export type Column<Row> = {
  name: string
  type: 'text' | 'bigint' | 'integer' | 'float8' | 'boolean' | 'timestamptz' | 'date' | 'jsonb' | 'words'
  of: (row: Row) => string | number | bigint | boolean | Date | null
}

/**
 * Inserts rows with one statement whatever their number: an array per column, unnested (stack.md: 10,000 rows in 0.3 s).
 * A column of type `words` is text with spaces that becomes a text[]. `rest` is what follows the SELECT.
 */
export async function insertRows<Row, Returned extends pg.QueryResultRow>(
  client: pg.PoolClient,
  into: { table: string; columns: readonly Column<Row>[]; rest: string },
  rows: readonly Row[],
): Promise<Returned[]> {
  if (rows.length === 0) return []
  const { table, columns, rest } = into
  const names = columns.map((column) => column.name).join(', ')
  const arrays = columns.map(({ type }, index) => `$${index + 1}::${type === 'words' ? 'text' : type}[]`).join(', ')
  const selected = columns
    .map(({ name, type }) => (type === 'words' ? `string_to_array(given.${name}, ' ')` : `given.${name}`))
    .join(', ')
  const sql = `INSERT INTO ${table} (${names}) SELECT ${selected} FROM unnest(${arrays}) AS given(${names}) ${rest}`
  const values = columns.map((column) => rows.map((row) => textOf(column.of(row))))
  return (await client.query<Returned>(sql, values)).rows
}

const textOf = (value: ReturnType<Column<unknown>['of']>) => (typeof value === 'bigint' ? String(value) : value)
