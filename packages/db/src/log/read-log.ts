import type { OrgId } from '@tollkeeper/domain/id'
import { tokenClasses, type TokenCounts } from '@tollkeeper/domain/price'
import type { LogRow } from '@tollkeeper/domain/replay'
import { requestAsk, type UsageSource } from '@tollkeeper/domain/usage'
import type pg from 'pg'
import { storedTokens } from './stored-tokens.ts'

/** Rows fetched at a time: memory stays the same however long the log is. */
const atATime = 2_000

/**
 * Every attempt of an organisation in a range, and every request that a budget refused, in the order in which budgets
 * were asked. One state of the database, read through a cursor.
 */
export async function* readLog(
  pool: pg.Pool,
  orgId: OrgId,
  range: { from: Date; to: Date },
): AsyncGenerator<readonly LogRow[], void, undefined> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    await client.query(`DECLARE log NO SCROLL CURSOR FOR ${logSql}`, [orgId, range.from, range.to])
    for (;;) {
      const { rows } = await client.query<Row>(`FETCH ${atATime} FROM log`)
      if (rows.length === 0) return
      yield rows.map((row) => fromRow(orgId, row))
    }
  } finally {
    await client.query('ROLLBACK').catch((error: Error) => {
      broken = error
    })
    client.release(broken)
  }
}

/** How many rows `readLog` will give, for showing progress. */
export async function countLog(pool: pg.Pool, orgId: OrgId, range: { from: Date; to: Date }): Promise<number> {
  const { rows } = await pool.query<{ count: string }>(
    `SELECT (SELECT count(DISTINCT attempt_id) FROM ledger_entry WHERE org_id = $1 AND at >= $2 AND at < $3)
       + (SELECT coalesce(sum(count), 0) FROM request WHERE org_id = $1 AND at >= $2 AND at < $3 AND ${refusedByBudget})
       AS count`,
    [orgId, range.from, range.to],
  )
  return Number(rows[0]?.count ?? 0)
}

const refusedByBudget = "attempts = 0 AND failure IN ('budget_exceeded', 'budget_held')"

const ms = (at: string) => `extract(epoch FROM ${at})::float8 * 1000`

/*
 * The row of a request says to the microsecond when it was held and when it ended; the ledger's own times serve where a
 * proxy died before it could write one. Equal refusals that were folded into one row count as often as they came.
 */
const logSql = `
  WITH charge AS (
    SELECT attempt_id, request_id, team_id, role_group_id, role_id, member_id, key_id,
      min(at) AS at, max(recorded_at) AS recorded_at, sum(amount_nano)::text AS cost, max(hold_nano)::text AS hold,
      (array_agg(price_version ORDER BY kind = 'provisional', recorded_at DESC))[1] AS price_version,
      (array_agg(usage_source ORDER BY kind = 'provisional', recorded_at DESC))[1] AS usage_source,
      ARRAY[${tokenClasses.map((name) => `sum(${storedTokens[name]})::float8`).join(', ')}] AS tokens
    FROM ledger_entry WHERE org_id = $1 AND at >= $2 AND at < $3
    GROUP BY 1, 2, 3, 4, 5, 6, 7
  ), told AS (
    SELECT id, ${ms('at')} AS arrived, total_ms, ask,
      (jsonb_path_query_first(timeline, '$[*] ? (@.step == "hold").ms'))::float8 AS held_ms
    FROM request WHERE org_id = $1 AND at >= $2::timestamptz - interval '1 hour' AND at < $3
  )
  SELECT attempt_id, request_id, team_id, role_group_id, role_id, member_id, key_id, hold, ask,
    coalesce(arrived + held_ms, ${ms('charge.at')}) AS held_at,
    coalesce(arrived + total_ms, ${ms('charge.recorded_at')}) AS ended_at, cost, price_version, usage_source, tokens
  FROM charge LEFT JOIN told ON told.id = charge.request_id
  UNION ALL
  SELECT id || ':' || time, id, team_id, role_group_id, role_id, member_id, key_id,
    trunc((refusal->>'estimateUsd')::numeric * 1000000000)::text, ask, ${ms('at')} + total_ms, NULL, NULL, NULL, NULL, NULL
  FROM request CROSS JOIN LATERAL generate_series(1, count) AS time
  WHERE org_id = $1 AND at >= $2 AND at < $3 AND ${refusedByBudget} AND refusal->>'estimateUsd' IS NOT NULL
  ORDER BY held_at, attempt_id`

type Row = {
  attempt_id: string
  request_id: string
  team_id: string | null
  role_group_id: string | null
  role_id: string | null
  member_id: string | null
  key_id: string
  held_at: number
  hold: string
  ask: unknown
} & (
  | { ended_at: null; cost: null; price_version: null; usage_source: null; tokens: null }
  | { ended_at: number; cost: string; price_version: string; usage_source: UsageSource; tokens: number[] }
)

function fromRow(orgId: OrgId, row: Row): LogRow {
  return {
    attemptId: row.attempt_id as LogRow['attemptId'],
    requestId: row.request_id as LogRow['requestId'],
    scopes: {
      orgId,
      teamId: row.team_id,
      roleGroupId: row.role_group_id,
      roleId: row.role_id,
      userId: row.member_id,
      keyId: row.key_id,
    } as LogRow['scopes'],
    heldAt: row.held_at,
    hold: BigInt(row.hold),
    ask: requestAsk.safeParse(row.ask).data ?? null,
    charge:
      row.cost === null
        ? null
        : {
            endedAt: row.ended_at,
            // A correction may arrive before the charge that it corrects.
            cost: BigInt(row.cost) < 0n ? 0n : BigInt(row.cost),
            tokens: tokensOf(row.tokens),
            source: row.usage_source,
            priceVersion: row.price_version,
          },
  }
}

function tokensOf(sums: readonly number[]): TokenCounts {
  const tokens: TokenCounts = {}
  for (const [i, name] of tokenClasses.entries()) if ((sums[i] ?? 0) > 0) tokens[name] = sums[i] ?? 0
  return tokens
}
