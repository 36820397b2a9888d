import * as budgets from '@tollkeeper/db/budgets'
import { countBelow } from '@tollkeeper/db/keys'
import type { BudgetSharing } from '@tollkeeper/domain/budget'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { Scope } from '@tollkeeper/domain/scope'
import { windowOf, type BudgetPeriod, type Instant } from '@tollkeeper/domain/time'
import { standingsOf } from '#server/balances.ts'
import type { OrgContext } from '#server/trpc.ts'

export type Wanted = { scope: Scope; period: BudgetPeriod; sharing: BudgetSharing; limit: NanoUsd }

/**
 * What a limit would do at once: what is spent and held already in its window, how many keys and people it is about, and
 * how many of these people would be over a limit for each of them.
 */
export async function effectOf(ctx: OrgContext, wanted: Wanted, now: Instant) {
  const { db, org } = ctx
  const { scope, period, sharing, limit } = wanted
  const window = windowOf(period, org.timeZone, now)
  const [below, spent, standing] = [
    await countBelow(db, org.id, scope, new Date(now)),
    await budgets.spentByPerson(db, org.id, { scope, window }),
    await poolStanding(ctx, wanted, now),
  ]
  const people = [...spent.values()]
  return {
    ...below,
    spent: standing?.used ?? people.reduce((sum, share) => sum + share, 0n),
    held: standing?.held ?? 0n,
    over: sharing === 'each' ? people.filter((share) => share >= limit).length : 0,
    endMs: window.endMs,
  }
}

/** Where the shared budget of that period stands, if there is one. */
async function poolStanding(ctx: OrgContext, { scope, period, sharing }: Wanted, now: Instant) {
  if (sharing === 'each') return undefined
  const own = await budgets.byScope(ctx.db, ctx.org.id, scope)
  const budget = own.find((each) => each.period === period && each.sharing === 'pool')
  return budget && (await standingsOf(ctx, [{ budget, subject: null }], now)).standings[0]
}
