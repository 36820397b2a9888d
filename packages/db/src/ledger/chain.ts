import { createHash } from 'node:crypto'
import type { MoneyEvent } from '@tollkeeper/domain/usage'
import type { Column } from './bulk.ts'
import { causeColumns, ledgerColumns } from './rows.ts'

/** Where a row stands: rows of an organisation that were recorded on the same UTC day form one chain. */
export type Link = { day: string; position: number; hash: string }

/** A row as it is written: the event, when it was recorded, and its link. */
export type LinkedEvent = { event: MoneyEvent; recordedAt: Date } & Link

type Cell = ReturnType<Column<unknown>['of']>

/** Columns that a hash covers, in this order for ever: a new column is appended under a new name of the form. */
const firstForm: readonly string[] = [...ledgerColumns.map((column) => column.name), 'recorded_at']
/** Adjustments also say why and by whom. The kind is itself covered, so no row can change its form. */
const secondForm: readonly string[] = [...firstForm, ...causeColumns.map((column) => column.name)]
const formOf = (kind: string) => (kind === 'adjustment' ? 'v2' : 'v1')

/** Every column that some hash covers. */
export const hashedColumns = secondForm

/** What the first row of a chain follows. */
export const chainStart = (orgId: string, day: string): string => sha256(`v1 ${orgId} ${day}`)

/** SHA-256 over the hash before and the row's values, each as text: the same from the event and from the stored row. */
export function linkHash(
  before: string,
  position: number,
  row: { kind: string; of: (column: string) => Cell },
): string {
  const form = formOf(row.kind)
  const values = (form === 'v2' ? secondForm : firstForm).map((column) => cellText(row.of(column)))
  return sha256(`${form} ${before} ${position} ${JSON.stringify(values)}`)
}

/** Appends events to the chain that ends at `end`. */
export function linked(end: Link & { orgId: string }, events: readonly MoneyEvent[], recordedAt: Date): LinkedEvent[] {
  let { position, hash } = end
  if (position === 0) hash = chainStart(end.orgId, end.day)
  return events.map((event) => {
    position += 1
    const of = (name: string): Cell =>
      name === 'recorded_at' ? recordedAt : (columnsByName.get(name)?.of(event) ?? null)
    hash = linkHash(hash, position, { kind: event.kind, of })
    return { event, recordedAt, day: end.day, position, hash }
  })
}

const columnsByName = new Map([...ledgerColumns, ...causeColumns].map((column) => [column.name, column]))

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const cellText = (value: Cell): string | null => {
  if (value === null) return null
  return value instanceof Date ? value.toISOString() : String(value)
}
