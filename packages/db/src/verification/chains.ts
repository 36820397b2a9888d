import type { OrgId } from '@tollkeeper/domain/id'
import type { Db } from '../client.ts'
import { Prisma } from '../generated/client.ts'
import { chainStart, hashedColumns, linkHash } from '../ledger/chain.ts'

/** The first thing that is wrong with one chain. `eventId` is absent where no row is there to name. */
export type BrokenChain = {
  day: string
  position: number
  eventId: string | null
  why: 'changed' | 'row-missing' | 'end-missing' | 'end-differs'
}

type Row = { chain_position: number; chain_hash: string; event_id: string } & Record<string, Cell>
type Cell = string | number | bigint | Date | null | string[]
type End = { day: string; length: number; hash: string }

/** Rows that are read at a time. */
const page = 5_000

/**
 * Chains of an organisation that do not follow from their rows, each with its first broken place. `since` (YYYY-MM-DD)
 * leaves older days out. Reads every row of those days, a page at a time; writes nothing.
 */
export async function brokenChains(db: Db, orgId: OrgId, since = '0001-01-01'): Promise<BrokenChain[]> {
  const ends = await db.$queryRaw<End[]>`
    SELECT day::text AS day, length, hash FROM ledger_chain WHERE org_id = ${orgId} AND day >= ${since}::date ORDER BY day`
  const broken: BrokenChain[] = []
  for (const end of ends) {
    const found = await firstBreak(db, orgId, end)
    if (found) broken.push({ day: end.day, ...found })
  }
  const endless = await db.$queryRaw<{ day: string; eventId: string; position: number }[]>`
    SELECT DISTINCT ON (chain_day) chain_day::text AS day, event_id AS "eventId", chain_position AS position
    FROM ledger_entry AS row WHERE org_id = ${orgId} AND chain_day >= ${since}::date AND NOT EXISTS (
      SELECT FROM ledger_chain AS chain WHERE chain.org_id = row.org_id AND chain.day = row.chain_day)
    ORDER BY chain_day, chain_position`
  return [...broken, ...endless.map((row): BrokenChain => ({ ...row, why: 'end-missing' }))]
}

/** A row that is added while we read is beyond the end that was read before, and not looked at. */
async function firstBreak(db: Db, orgId: OrgId, end: End): Promise<Omit<BrokenChain, 'day'> | undefined> {
  let [position, hash] = [0, chainStart(orgId, end.day)]
  while (position < end.length) {
    const rows = await rowsAfter(db, orgId, end, position)
    for (const row of rows) {
      position += 1
      if (row.chain_position !== position) return { position, eventId: null, why: 'row-missing' }
      hash = linkHash(hash, position, { kind: String(row['kind']), of: (name) => cellOf(row[name]) })
      if (row.chain_hash !== hash) return { position, eventId: row.event_id, why: 'changed' }
    }
    if (rows.length === 0) return { position: position + 1, eventId: null, why: 'row-missing' }
  }
  return end.length > 0 && hash !== end.hash ? { position, eventId: null, why: 'end-differs' } : undefined
}

const columns = Prisma.raw(['chain_position', 'chain_hash', ...hashedColumns].join(', '))

const rowsAfter = (db: Db, orgId: OrgId, end: End, position: number): Promise<Row[]> =>
  db.$queryRaw<Row[]>`
    SELECT ${columns} FROM ledger_entry
    WHERE org_id = ${orgId} AND chain_day = ${end.day}::date AND chain_position > ${position}
      AND chain_position <= ${end.length}
    ORDER BY chain_position LIMIT ${page}`

const cellOf = (value: Cell | undefined) => (Array.isArray(value) ? value.join(' ') : (value ?? null))

/** Rows outside of every chain although their organisation had one before that day: nobody records such rows any more. */
export async function unchainedRows(db: Db, orgId: OrgId): Promise<{ count: number; first: string | null }> {
  const [found] = await db.$queryRaw<{ count: bigint; first: string | null }[]>`
    SELECT count(*) AS count, min(event_id) AS first FROM ledger_entry
    WHERE org_id = ${orgId} AND chain_day IS NULL AND recorded_at >= (
      SELECT (min(day) + 2)::timestamp AT TIME ZONE 'UTC' FROM ledger_chain WHERE org_id = ${orgId})`
  return { count: Number(found?.count ?? 0n), first: found?.first ?? null }
}
