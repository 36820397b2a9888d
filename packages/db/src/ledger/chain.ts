import { createHash } from 'node:crypto'
import type { AttemptEvent } from '@tollkeeper/domain/usage'
import type { Column } from './bulk.ts'
import { ledgerColumns } from './rows.ts'

/** Where a row stands: rows of an organisation that were recorded on the same UTC day form one chain. */
export type Link = { day: string; position: number; hash: string }

/** A row as it is written: the event, when it was recorded, and its link. */
export type LinkedEvent = { event: AttemptEvent; recordedAt: Date } & Link

type Cell = ReturnType<Column<unknown>['of']>

/** Columns that a hash covers, in this order for ever: a new column is appended under a new name of the form. */
export const hashedColumns: readonly string[] = [...ledgerColumns.map((column) => column.name), 'recorded_at']
const form = 'v1'

/** What the first row of a chain follows. */
export const chainStart = (orgId: string, day: string): string => sha256(`${form} ${orgId} ${day}`)

/** SHA-256 over the hash before and the row's values, each as text: the same from the event and from the stored row. */
export function linkHash(before: string, position: number, values: readonly Cell[]): string {
  return sha256(`${form} ${before} ${position} ${JSON.stringify(values.map(cellText))}`)
}

/** Appends events to the chain that ends at `end`. */
export function linked(
  end: Link & { orgId: string },
  events: readonly AttemptEvent[],
  recordedAt: Date,
): LinkedEvent[] {
  let { position, hash } = end
  if (position === 0) hash = chainStart(end.orgId, end.day)
  return events.map((event) => {
    position += 1
    hash = linkHash(hash, position, [...ledgerColumns.map((column) => column.of(event)), recordedAt])
    return { event, recordedAt, day: end.day, position, hash }
  })
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const cellText = (value: Cell): string | null => {
  if (value === null) return null
  return value instanceof Date ? value.toISOString() : String(value)
}
