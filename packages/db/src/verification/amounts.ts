import type { OrgId } from '@tollkeeper/domain/id'
import { amountOf, type NanoUsd, type Price } from '@tollkeeper/domain/price'
import type { Db } from '../client.ts'
import { tokensOfRow } from '../ledger/ledger-row.ts'
import { priceOfVersion } from '../prices/of-version.ts'
import { checkAdjustments } from './adjustments.ts'

/** A charge that is not its tokens times its price. */
export type WrongAmount = { eventId: string; expected: NanoUsd; found: NanoUsd }

/** What was computed anew, what could not be for want of its price, and what came out otherwise. */
export type CheckedAmounts = { checked: number; unknown: number; wrong: WrongAmount[] }

const page = 2_000
const mostNamed = 20

/**
 * Computes the charge of every row anew from its tokens and its price version, where tokens were reported or counted, and
 * what adjustments made of it. `since` leaves earlier charges out. Rows whose price is not in this database are counted in
 * `unknown`.
 */
export async function wrongAmounts(db: Db, orgId: OrgId, since = new Date(0)): Promise<CheckedAmounts> {
  const charges = await checkCharges(db, orgId, since)
  const adjustments = await checkAdjustments(db, orgId, since)
  return {
    checked: charges.checked + adjustments.checked,
    unknown: charges.unknown + adjustments.unknown,
    wrong: [...charges.wrong, ...adjustments.wrong],
  }
}

async function checkCharges(db: Db, orgId: OrgId, since: Date): Promise<CheckedAmounts> {
  const prices = new Map<string, Price | undefined>()
  const found: CheckedAmounts = { checked: 0, unknown: 0, wrong: [] }
  let after: { at: Date; eventId: string } | undefined
  for (;;) {
    const rows = await db.ledgerEntry.findMany({
      where: {
        orgId,
        at: { gte: after?.at ?? since },
        ...(after && { OR: [{ at: { gt: after.at } }, { at: after.at, eventId: { gt: after.eventId } }] }),
        kind: { in: ['final', 'correction'] },
        usageSource: { in: ['reported', 'estimated'] },
      },
      orderBy: [{ at: 'asc' }, { eventId: 'asc' }],
      take: page,
    })
    for (const row of rows) {
      const version = row.priceVersion
      if (!prices.has(version)) prices.set(version, await priceOfVersion(db, orgId, version))
      const price = prices.get(version)
      const amount = row.kind === 'correction' ? row.amountNano + row.holdNano : row.amountNano
      if (!price) found.unknown += 1
      else found.checked += 1
      // What a hold stands for is charged as such where only the provider knows what was used.
      if (!price || (row.usageSource === 'estimated' && amount === row.holdNano)) continue
      const expected = amountOf(tokensOfRow(row), price)
      if (expected !== amount && found.wrong.length < mostNamed) {
        found.wrong.push({ eventId: row.eventId, expected, found: amount })
      }
    }
    const last = rows.at(-1)
    if (!last || rows.length < page) return found
    after = last
  }
}
