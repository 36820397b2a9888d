import type { Ready } from '@tollkeeper/testbed/product'
import pg from 'pg'

async function query<Row extends pg.QueryResultRow>(
  product: Ready,
  sql: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: product.postgres })
  await client.connect()
  try {
    return (await client.query<Row>(sql, [...values])).rows
  } finally {
    await client.end()
  }
}

export type KeySums = {
  /** Sum of the ledger rows, in nano-USD. */
  amount: bigint
  rows: number
  /** Requests as their callers saw them, by status; folded refusals count as often as they happened. */
  statuses: Readonly<Record<string, number>>
}

/** What Postgres knows about the traffic of the keys of a name. */
export async function sumsOfKey(product: Ready, keyName: string): Promise<KeySums> {
  const [ledger] = await query<{ amount: string; rows: number }>(
    product,
    `SELECT coalesce(sum(amount_nano), 0)::text AS amount, count(*)::int AS rows
     FROM ledger_entry JOIN api_key ON (api_key.org_id, api_key.id) = (ledger_entry.org_id, ledger_entry.key_id)
     WHERE api_key.name = $1`,
    [keyName],
  )
  const requests = await query<{ status: number; count: number }>(
    product,
    `SELECT request.status, sum(request.count)::int AS count
     FROM request JOIN api_key ON (api_key.org_id, api_key.id) = (request.org_id, request.key_id)
     WHERE api_key.name = $1 GROUP BY request.status`,
    [keyName],
  )
  return {
    amount: BigInt(ledger?.amount ?? 0),
    rows: ledger?.rows ?? 0,
    statuses: Object.fromEntries(requests.map(({ status, count }) => [status, count])),
  }
}

/** Sum of all ledger rows of an organisation, in nano-USD. */
export async function ledgerOf(product: Ready, slug: string): Promise<bigint> {
  const [sum] = await query<{ amount: string }>(
    product,
    `SELECT coalesce(sum(amount_nano), 0)::text AS amount FROM ledger_entry
     WHERE org_id = (SELECT id FROM organisation WHERE slug = $1)`,
    [slug],
  )
  return BigInt(sum?.amount ?? 0)
}

export type Ids = Readonly<Record<'key' | 'request' | 'refusedRequest' | 'team' | 'member', string>>

/** One id of each kind out of an organisation of the demo. */
export async function idsOf(product: Ready, slug: string): Promise<Ids> {
  const [ids] = await query<Ids>(
    product,
    `SELECT (SELECT id FROM api_key WHERE org_id = organisation.id AND name = 'Demo key') AS key,
            (SELECT id FROM request WHERE org_id = organisation.id AND outcome = 'answered'
             ORDER BY at DESC LIMIT 1) AS request,
            (SELECT id FROM request WHERE org_id = organisation.id AND failure = 'budget_exceeded'
             ORDER BY at DESC LIMIT 1) AS "refusedRequest",
            (SELECT id FROM team WHERE org_id = organisation.id ORDER BY id LIMIT 1) AS team,
            (SELECT id FROM member WHERE org_id = organisation.id ORDER BY id LIMIT 1) AS member
     FROM organisation WHERE slug = $1`,
    [slug],
  )
  if (!ids) throw new Error(`There is no organisation ${slug}.`)
  return ids
}
