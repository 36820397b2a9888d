import type pg from 'pg'
import type { MoneyEvent, RequestEvent } from '@tollkeeper/domain/usage'
import { rollupLock } from '../rollups/realign.ts'
import { hourColumns, keyColumns, sumColumns, sumsOf, type HourSum } from '../rollups/sums.ts'
import { appendToLedger } from './append.ts'
import { insertRows, type Column } from './bulk.ts'
import { attemptsOf, requestsOf, type UsageEntry } from './entry.ts'
import { requestColumns } from './rows.ts'
import { storable, storableJson } from './storable.ts'

/** What was new: entries recorded before count nothing. */
export type Recorded = { ledgerRows: number; requests: number; unreadable: number }

/**
 * Moves entries of the usage streams into ledger, requests and hourly sums in one transaction, with the effect of exactly
 * once: what is there already adds nothing anywhere (money.md 4.6). Entries that Postgres will not take are put aside in
 * usage_dead, so that one of them cannot hold up the rest. Throws when Postgres is away; then nothing was written.
 */
export async function recordUsage(pool: pg.Pool, entries: readonly UsageEntry[]): Promise<Recorded> {
  if (entries.length === 0) return { ledgerRows: 0, requests: 0, unreadable: 0 }
  try {
    return await again(() => inTransaction(pool, (client) => write(client, entries)))
  } catch (error) {
    const [first] = entries
    if (!isBadData(error) || !first) throw error
    if (entries.length === 1) {
      if (first.payload.kind === 'unreadable') throw error
      return recordUsage(pool, [setAside(first, error)])
    }
    const middle = Math.ceil(entries.length / 2)
    return added(await recordUsage(pool, entries.slice(0, middle)), await recordUsage(pool, entries.slice(middle)))
  }
}

async function write(client: pg.PoolClient, entries: readonly UsageEntry[]): Promise<Recorded> {
  const [attempts, requests] = [attemptsOf(entries), requestsOf(entries)]
  const dead = entries.filter((entry) => entry.payload.kind === 'unreadable')
  await client.query('SELECT pg_advisory_xact_lock_shared($1::bigint)', [rollupLock])
  const zones = await zonesOf(client, attempts, requests)
  const newAttempts = await appendToLedger(client, attempts)
  const newRequests = await insertNew(client, requests, requestTable)
  const { length: unreadable } = await insertRows(client, deadTable, dead)
  const sums = sumsOf({ attempts: newAttempts, requests: newRequests }, (orgId) => zones.get(orgId) ?? 'UTC')
  await insertRows(client, hourTable, sums)
  await touchKeys(client, newAttempts, newRequests)
  return { ledgerRows: newAttempts.length, requests: newRequests.length, unreadable }
}

type Table<Event> = { table: string; columns: readonly Column<Event>[]; rest: string; idOf: (event: Event) => string }

const requestTable: Table<RequestEvent> = {
  table: 'request',
  columns: requestColumns,
  rest: "ON CONFLICT DO NOTHING RETURNING org_id || ' ' || id AS id",
  idOf: (event) => `${event.scopes.orgId} ${event.requestId}`,
}

/** Inserts events and gives those that were not there before, each once. Sorted: see `sumsOf`. */
async function insertNew<Event>(client: pg.PoolClient, events: readonly Event[], into: Table<Event>): Promise<Event[]> {
  const byId = new Map(events.toReversed().map((event) => [into.idOf(event), event]))
  const sorted = [...byId].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, event]) => event)
  const rows = await insertRows<Event, { id: string }>(client, into, sorted)
  return rows.flatMap((row) => byId.get(row.id) ?? [])
}

const hourTable: { table: string; columns: readonly Column<HourSum>[]; rest: string } = {
  table: 'usage_hour',
  columns: hourColumns,
  rest: `ON CONFLICT (${keyColumns.join(', ')}) DO UPDATE SET ${sumColumns
    .map((name) => `${name} = usage_hour.${name} + excluded.${name}`)
    .join(', ')}`,
}

// Stream ids count within a shard.
const deadTable = {
  table: 'usage_dead',
  columns: [
    { name: 'stream_id', type: 'text', of: (entry) => `${entry.shard}:${entry.streamId}` },
    { name: 'shard', type: 'text', of: (entry) => entry.shard },
    {
      name: 'payload',
      type: 'jsonb',
      of: ({ payload }) => (payload.kind === 'unreadable' ? storableJson(payload.raw ?? null) : null),
    },
    {
      name: 'error',
      type: 'text',
      of: ({ payload }) => (payload.kind === 'unreadable' ? storable(payload.error) : null),
    },
  ] satisfies Column<UsageEntry>[],
  rest: 'ON CONFLICT DO NOTHING RETURNING stream_id',
}

async function zonesOf(
  client: pg.PoolClient,
  attempts: readonly MoneyEvent[],
  requests: readonly RequestEvent[],
): Promise<Map<string, string>> {
  const ids = new Set([
    ...attempts.map((event) => event.meta.scopes.orgId),
    ...requests.map((event) => event.scopes.orgId),
  ])
  const { rows } = await client.query<{ id: string; zone: string }>(
    'SELECT id, time_zone AS zone FROM organisation WHERE id = ANY($1)',
    [[...ids]],
  )
  return new Map(rows.map((row) => [row.id, row.zone]))
}

/** Notes when keys were last used, at most once a minute each. Rows that somebody is changing are left for next time. */
async function touchKeys(
  client: pg.PoolClient,
  attempts: readonly MoneyEvent[],
  requests: readonly RequestEvent[],
): Promise<void> {
  const latest = new Map<string, { orgId: string; keyId: string; at: number }>()
  const uses = [...attempts.map((event) => event.meta), ...requests].map(({ scopes, atMs }) => ({
    ...scopes,
    at: atMs,
  }))
  for (const { orgId, keyId, at } of uses) {
    if (at > (latest.get(keyId)?.at ?? 0)) latest.set(keyId, { orgId, keyId, at })
  }
  if (latest.size === 0) return
  const rows = [...latest.values()]
  await client.query(
    `UPDATE api_key SET last_used_at = stale.at FROM (
       SELECT k.org_id, k.id, used.at FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS used(org_id, id, at)
       JOIN api_key k ON k.org_id = used.org_id AND k.id = used.id
       WHERE k.last_used_at IS NULL OR k.last_used_at < used.at - interval '1 minute'
       ORDER BY k.org_id, k.id FOR NO KEY UPDATE OF k SKIP LOCKED
     ) AS stale WHERE api_key.org_id = stale.org_id AND api_key.id = stale.id`,
    [rows.map((row) => row.orgId), rows.map((row) => row.keyId), rows.map((row) => new Date(row.at))],
  )
}

/**
 * The transaction acts as the role that may only add to the ledger (migration ledger_chain), where the server has it: a
 * mistake above then cannot change what was recorded.
 */
const asAppender = `SELECT set_config('role', rolname, true) FROM pg_roles
  WHERE rolname = 'tollkeeper_ledger' AND pg_has_role(oid, 'MEMBER') AND has_table_privilege(oid, 'ledger_entry', 'INSERT')`

async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query(`BEGIN; ${asAppender}`)
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure
    })
    throw error
  } finally {
    client.release(broken)
  }
}

const stateOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/**
 * Deadlocks should not happen, since everybody writes in the same order, nor should a row appear that was not there a
 * moment ago, but while a worker of the release before this one still runs. Should one, the loser tries again.
 */
async function again<T>(work: () => Promise<T>, times = 3): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (times <= 1 || !['40P01', '23505'].includes(stateOf(error))) throw error
    return again(work, times - 1)
  }
}

/** Classes 22 (data) and 23 (constraint): the same entry would fail again. */
const isBadData = (error: unknown): boolean => /^2[23]/.test(stateOf(error))

const setAside = (entry: UsageEntry, error: unknown): UsageEntry => ({
  ...entry,
  payload: { kind: 'unreadable', raw: JSON.parse(jsonOf(entry.payload)), error: String(error) },
})

const jsonOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part))

const added = (a: Recorded, b: Recorded): Recorded => ({
  ledgerRows: a.ledgerRows + b.ledgerRows,
  requests: a.requests + b.requests,
  unreadable: a.unreadable + b.unreadable,
})
