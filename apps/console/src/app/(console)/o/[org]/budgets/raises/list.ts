import * as budgets from '@tollkeeper/db/budgets'
import * as raises from '@tollkeeper/db/raises'
import { scopesInSight } from '@tollkeeper/db/sight'
import type { Budget } from '@tollkeeper/domain/budget'
import type { BudgetId } from '@tollkeeper/domain/id'
import { reachOf } from '#server/roles.ts'
import { filterOfSight } from '#server/sight.ts'
import type { OrgContext, Sight } from '#server/trpc.ts'
import { mayGive } from './who-may.ts'

type Viewer = OrgContext & { sight: Sight }

const about = ({ scope, period, limit, sharing }: Budget) => ({ scope, period, limit, sharing })

/** Requests and running raises that somebody may see, with what they may do about each. */
export async function raisesFor(ctx: Viewer, now: Date) {
  const { db, org, member } = ctx
  const [requests, running] = [await raises.requests(db, org.id, {}, now), await raises.live(db, org.id, now)]
  const ids = [...new Set([...requests, ...running].map((each) => each.budgetId))]
  const known = new Map((await budgets.byIds(db, org.id, ids)).map((budget) => [budget.id, budget]))
  const { sight } = filterOfSight(ctx.sight)
  const sees = sight ? await scopesInSight(db, org.id, sight) : () => true
  const decides = reachOf(member.access, 'raise.approve') !== null
  const gives = new Map<BudgetId, boolean>()
  for (const budget of known.values()) {
    gives.set(budget.id, decides && (await mayGive(ctx, db, budget)))
  }
  const mine: string[] = []
  for (const request of requests) {
    if (await raises.isSamePerson(db, org.id, request.requestedBy.id, member.id)) mine.push(request.id)
  }
  return {
    requests: requests.flatMap((request) => {
      const budget = known.get(request.budgetId)
      const own = mine.includes(request.id)
      if (!own && !(budget && sees(budget.scope))) return []
      const isOpen = request.state === 'open'
      const mayDecide = isOpen && !own && (gives.get(request.budgetId) ?? false)
      const mayWithdraw = isOpen && request.requestedBy.id === member.id
      return [{ ...request, budget: budget ? about(budget) : null, own, mayDecide, mayWithdraw }]
    }),
    running: running.flatMap((raise) => {
      const budget = known.get(raise.budgetId)
      const isOwn = raise.subject === member.id
      if (!budget || !(isOwn || sees(budget.scope))) return []
      return [{ ...raise, budget: about(budget), mayEnd: gives.get(raise.budgetId) ?? false }]
    }),
  }
}

/** How many requests wait for this person to decide. */
export async function waitingFor(ctx: Viewer, now: Date): Promise<number> {
  if (reachOf(ctx.member.access, 'raise.approve') === null) return 0
  const open = await raises.requests(ctx.db, ctx.org.id, { open: true }, now)
  const found = await budgets.byIds(ctx.db, ctx.org.id, [...new Set(open.map((each) => each.budgetId))])
  let count = 0
  for (const request of open) {
    const budget = found.find((each) => each.id === request.budgetId)
    const own = await raises.isSamePerson(ctx.db, ctx.org.id, request.requestedBy.id, ctx.member.id)
    if (budget && !own && (await mayGive(ctx, ctx.db, budget))) count += 1
  }
  return count
}
