import type pg from 'pg'
import { eventIdOf, type MoneyEvent } from '@tollkeeper/domain/usage'
import { insertRows, type Column } from './bulk.ts'
import { linked, type Link, type LinkedEvent } from './chain.ts'
import { causeColumns, ledgerColumns } from './rows.ts'

/**
 * Adds the events that are new to the ledger, each linked to the row before it, and gives them. Whoever appends holds the
 * ends of the chains it appends to until its transaction ends: what is new is then certain before it is written, and no
 * two rows follow the same one. Ends are taken in the order of organisations, so that nobody waits in a circle.
 */
export async function appendToLedger(client: pg.PoolClient, events: readonly MoneyEvent[]): Promise<MoneyEvent[]> {
  if (events.length === 0) return []
  const byId = new Map(events.toReversed().map((event) => [eventIdOf(event), event]))
  const ends = await takeEnds(client, [...new Set(events.map((event) => event.meta.scopes.orgId))].toSorted())
  await dropCharged(client, byId)
  // The order of ids is as good as any, and the same whoever delivers.
  const fresh = [...byId].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, event]) => event)
  const byOrg = Map.groupBy(fresh, (event) => event.meta.scopes.orgId)
  const rows = ends.flatMap((end) => linked(end, byOrg.get(end.orgId as never) ?? [], end.now))
  await insertRows(client, { table: 'ledger_entry', columns: linkedColumns, rest: '' }, rows)
  await moveEnds(client, rows)
  return fresh
}

/**
 * Takes out what the ledger has. A store that was rolled back has holds again that were charged: one whose final charge
 * is here is not charged provisionally as well, and the final charge of one that is charged provisionally corrects that.
 */
async function dropCharged(client: pg.PoolClient, byId: Map<string, MoneyEvent>): Promise<void> {
  const idOf = ({ attemptId }: MoneyEvent, kind: 'final' | 'provisional' | 'correction') =>
    eventIdOf({ attemptId, kind })
  const events = [...byId.values()]
  const finals = events.filter(({ kind }) => kind === 'final')
  const provisionals = events.filter(({ kind }) => kind === 'provisional')
  const there = await amountsOf(client, [
    ...byId.keys(),
    ...provisionals.map((event) => idOf(event, 'final')),
    ...finals.map((event) => idOf(event, 'provisional')),
  ])
  for (const id of there.keys()) byId.delete(id)
  for (const event of provisionals) {
    const final = idOf(event, 'final')
    if (there.has(final) || byId.has(final)) byId.delete(idOf(event, 'provisional'))
  }
  const late = finals.filter((event) => byId.has(idOf(event, 'final')) && there.has(idOf(event, 'provisional')))
  if (late.length === 0) return
  const corrections = await amountsOf(
    client,
    late.map((event) => idOf(event, 'correction')),
  )
  for (const event of late) {
    byId.delete(idOf(event, 'final'))
    const id = idOf(event, 'correction')
    const hold = there.get(idOf(event, 'provisional'))
    if (hold === undefined || corrections.has(id) || byId.has(id) || event.kind !== 'final') continue
    byId.set(id, { ...event, kind: 'correction', hold })
  }
}

/** Amounts of the rows that are there, in nano-USD. */
async function amountsOf(client: pg.PoolClient, ids: readonly string[]): Promise<Map<string, bigint>> {
  const { rows } = await client.query<{ id: string; amount: string }>(
    'SELECT event_id AS id, amount_nano::text AS amount FROM ledger_entry WHERE event_id = ANY($1)',
    [ids],
  )
  return new Map(rows.map(({ id, amount }) => [id, BigInt(amount)]))
}

type End = Link & { orgId: string; now: Date }

async function takeEnds(client: pg.PoolClient, orgIds: readonly string[]): Promise<End[]> {
  // Milliseconds, since that is what the column keeps and the hash covers.
  const { rows } = await client.query<End>(
    `INSERT INTO ledger_chain AS chain (org_id, day)
       SELECT org, (date_trunc('milliseconds', now()) AT TIME ZONE 'UTC')::date FROM unnest($1::text[]) AS org
     ON CONFLICT (org_id, day) DO UPDATE SET length = chain.length
     RETURNING org_id AS "orgId", day::text AS day, length AS position, hash, date_trunc('milliseconds', now()) AS now`,
    [orgIds],
  )
  return rows
}

async function moveEnds(client: pg.PoolClient, rows: readonly LinkedEvent[]): Promise<void> {
  const last = new Map(rows.map((row) => [row.event.meta.scopes.orgId, row]))
  if (last.size === 0) return
  const ends = [...last.values()]
  await client.query(
    `UPDATE ledger_chain SET length = given.length, hash = given.hash
     FROM unnest($1::text[], $2::date[], $3::integer[], $4::text[]) AS given(org_id, day, length, hash)
     WHERE ledger_chain.org_id = given.org_id AND ledger_chain.day = given.day`,
    [[...last.keys()], ends.map((end) => end.day), ends.map((end) => end.position), ends.map((end) => end.hash)],
  )
}

const linkedColumns: readonly Column<LinkedEvent>[] = [
  ...[...ledgerColumns, ...causeColumns].map(({ name, type, of }): Column<LinkedEvent> => ({
    name,
    type,
    of: (row) => of(row.event),
  })),
  { name: 'recorded_at', type: 'timestamptz', of: (row) => row.recordedAt },
  { name: 'chain_day', type: 'date', of: (row) => row.day },
  { name: 'chain_position', type: 'integer', of: (row) => row.position },
  { name: 'chain_hash', type: 'text', of: (row) => row.hash },
]
