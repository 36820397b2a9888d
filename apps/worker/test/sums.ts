import type { Spending } from './spending-organisation.ts'

export type Sums = { rows: number; amount: bigint; hours: bigint }

/** Ledger rows, their sum, and the sum of the hourly roll-ups. */
export async function sumsOf({ db, orgId }: Pick<Spending, 'db' | 'orgId'>): Promise<Sums> {
  const { rows } = await db.pool.query<{ rows: number; amount: string; hours: string }>(
    `SELECT count(*)::int AS rows, coalesce(sum(amount_nano), 0)::text AS amount,
       (SELECT coalesce(sum(cost_nano), 0)::text FROM usage_hour WHERE org_id = $1) AS hours
     FROM ledger_entry WHERE org_id = $1`,
    [orgId],
  )
  const [row] = rows
  return { rows: row?.rows ?? 0, amount: BigInt(row?.amount ?? 0), hours: BigInt(row?.hours ?? 0) }
}
