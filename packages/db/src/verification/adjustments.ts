import type { OrgId } from '@tollkeeper/domain/id'
import { amountOf, tokenClasses, type Price, type TokenCounts } from '@tollkeeper/domain/price'
import type { Db } from '../client.ts'
import { Prisma } from '../generated/client.ts'
import { storedTokens } from '../log/stored-tokens.ts'
import { priceOfVersion } from '../prices/of-version.ts'
import type { CheckedAmounts } from './amounts.ts'

const page = 2_000
const mostNamed = 20

const sums = Prisma.raw(tokenClasses.map((name) => `sum(${storedTokens[name]})::int AS "${name}"`).join(', '))

/** The adjustment of an attempt that came last, and what its rows add up to. */
type Adjusted = { attemptId: string; eventId: string; version: string; amount: string } & Required<TokenCounts>

/**
 * Computes anew what adjusted attempts cost: all rows of one add up to its tokens at the price of its last adjustment.
 * `since` leaves earlier attempts out.
 */
export async function checkAdjustments(db: Db, orgId: OrgId, since: Date): Promise<CheckedAmounts> {
  const prices = new Map<string, Price | undefined>()
  const found: CheckedAmounts = { checked: 0, unknown: 0, wrong: [] }
  for (let after = ''; ;) {
    const rows = await adjustedAfter(db, orgId, since, after)
    for (const { eventId, version, amount, ...tokens } of rows) {
      if (!prices.has(version)) prices.set(version, await priceOfVersion(db, orgId, version))
      const price = prices.get(version)
      if (!price) found.unknown += 1
      else found.checked += 1
      if (!price) continue
      const expected = amountOf(tokens, price)
      if (expected !== BigInt(amount) && found.wrong.length < mostNamed) {
        found.wrong.push({ eventId, expected, found: BigInt(amount) })
      }
    }
    const last = rows.at(-1)
    if (!last || rows.length < page) return found
    after = last.attemptId
  }
}

const adjustedAfter = (db: Db, orgId: OrgId, since: Date, after: string): Promise<Adjusted[]> =>
  db.$queryRaw<Adjusted[]>`
    SELECT attempt_id AS "attemptId", sum(amount_nano)::text AS amount, ${sums},
      (array_agg(event_id ORDER BY chain_day DESC, chain_position DESC) FILTER (WHERE kind = 'adjustment'))[1]
        AS "eventId",
      (array_agg(price_version ORDER BY chain_day DESC, chain_position DESC) FILTER (WHERE kind = 'adjustment'))[1]
        AS version
    FROM ledger_entry WHERE org_id = ${orgId} AND at >= ${since} AND attempt_id IN (
      SELECT DISTINCT attempt_id FROM ledger_entry
      WHERE org_id = ${orgId} AND at >= ${since} AND kind = 'adjustment' AND attempt_id > ${after}
      ORDER BY attempt_id LIMIT ${page}::bigint)
    GROUP BY attempt_id ORDER BY attempt_id`
