import type { OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd, Price } from '@tollkeeper/domain/price'
import type { Db } from '../client.ts'
import { dayOf } from '../rollups/days.ts'
import { counterWords, ledgerNodes } from '../verification/index.ts'
import { ratedAttempts, type Stretch } from './charges.ts'

type Change = { attempts: number; chargedNano: NanoUsd; rightNano: NanoUsd }

/** What applying a price to past usage would change. */
export type ReratingPreview = Change & {
  /** Attempts whose charge stays: their usage is not known, or the price has no rate for it. */
  leftAlone: number
  /** Attempts that were charged what the price says already. */
  unchanged: number
  /** Days on which something changes, by the organisation's calendar. */
  days: (Change & { date: string })[]
  /** Budgets whose present window changes: what the ledger says is spent, and would be. */
  budgets: { nodeId: string; words: string; spentNano: NanoUsd; rightNano: NanoUsd }[]
  /** Counters of windows that are over, which change too. */
  pastWindows: number
}

const page = 2_000
const nothing: Change = { attempts: 0, chargedNano: 0n, rightNano: 0n }

/** Reads every charge of the stretch; writes nothing. */
export async function preview(
  db: Db,
  orgId: OrgId,
  of: { stretch: Stretch; price: Price; now: Date },
): Promise<ReratingPreview> {
  const org = await db.organisation.findUniqueOrThrow({ where: { id: orgId }, select: { timeZone: true } })
  let [total, leftAlone, unchanged] = [nothing, 0, 0]
  const days = new Map<string, Change>()
  const counters = new Map<string, NanoUsd>()
  for await (const { attempts } of ratedAttempts(db, orgId, { ...of, page })) {
    for (const { at, chargedNano, rightNano, nodes } of attempts) {
      if (rightNano === null) leftAlone += 1
      else if (rightNano === chargedNano) unchanged += 1
      else {
        const { date } = dayOf(org.timeZone, at.getTime())
        total = plus(total, chargedNano, rightNano)
        days.set(date, plus(days.get(date) ?? nothing, chargedNano, rightNano))
        for (const node of nodes) counters.set(node, (counters.get(node) ?? 0n) + rightNano - chargedNano)
      }
    }
  }
  const open = (await ledgerNodes(db, orgId, of.now.getTime())).filter(({ nodeId }) => counters.has(nodeId))
  const words = await counterWords(db, orgId, open)
  return {
    ...total,
    leftAlone,
    unchanged,
    days: [...days].map(([date, change]) => ({ date, ...change })),
    budgets: open.map(({ nodeId, spent }) => ({
      nodeId,
      words: words.get(nodeId) ?? nodeId,
      spentNano: spent,
      rightNano: spent + (counters.get(nodeId) ?? 0n),
    })),
    pastWindows: counters.size - open.length,
  }
}

const plus = (change: Change, chargedNano: NanoUsd, rightNano: NanoUsd): Change => ({
  attempts: change.attempts + 1,
  chargedNano: change.chargedNano + chargedNano,
  rightNano: change.rightNano + rightNano,
})
