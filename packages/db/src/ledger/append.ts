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
  // A store that was rolled back has holds again whose final charge is here: sweeping them must not charge them twice.
  const finalOf = ({ attemptId }: MoneyEvent) => eventIdOf({ attemptId, kind: 'final' })
  const provisional = [...byId].filter(([, event]) => event.kind === 'provisional')
  const known = await client.query<{ id: string }>('SELECT event_id AS id FROM ledger_entry WHERE event_id = ANY($1)', [
    [...byId.keys(), ...provisional.map(([, event]) => finalOf(event))],
  ])
  const there = new Set(known.rows.map(({ id }) => id))
  for (const id of there) byId.delete(id)
  for (const [id, event] of provisional) if (there.has(finalOf(event))) byId.delete(id)
  // The order of ids is as good as any, and the same whoever delivers.
  const fresh = [...byId].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, event]) => event)
  const byOrg = Map.groupBy(fresh, (event) => event.meta.scopes.orgId)
  const rows = ends.flatMap((end) => linked(end, byOrg.get(end.orgId as never) ?? [], end.now))
  await insertRows(client, { table: 'ledger_entry', columns: linkedColumns, rest: '' }, rows)
  await moveEnds(client, rows)
  return fresh
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
