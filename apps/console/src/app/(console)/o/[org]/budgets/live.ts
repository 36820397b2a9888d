import * as budgets from '@tollkeeper/db/budgets'
import { scopesInSight } from '@tollkeeper/db/sight'
import type { BudgetId } from '@tollkeeper/domain/id'
import type { Scope } from '@tollkeeper/domain/scope'
import type { Instant } from '@tollkeeper/domain/time'
import { standingsOf, type Counter } from '#server/balances.ts'
import { filterOfSight } from '#server/sight.ts'
import type { OrgContext, Sight } from '#server/trpc.ts'
import { counterKey } from './counter-key.ts'

/** Where counters on the screen stand now. Those that are gone or out of sight are left out. */
export async function liveOf(
  ctx: OrgContext & { sight: Sight },
  asked: readonly { budget: BudgetId; subject: string | null }[],
  now: Instant,
) {
  const found = await budgets.byIds(ctx.db, ctx.org.id, [...new Set(asked.map((each) => each.budget))])
  const byId = new Map(found.map((budget) => [budget.id, budget]))
  const { sight } = filterOfSight(ctx.sight)
  const sees = sight ? await scopesInSight(ctx.db, ctx.org.id, sight) : () => true
  const counters = asked.flatMap(({ budget: budgetId, subject }): Counter[] => {
    const budget = byId.get(budgetId)
    return budget && scopesOf(budget.scope, subject).some(sees) ? [{ budget, subject }] : []
  })
  const { live, standings } = await standingsOf(ctx, counters, now)
  return {
    live,
    counters: standings.map(({ budget, subject, used, held, window }) => ({
      id: counterKey(budget.id, subject),
      used,
      held,
      endMs: window.endMs,
    })),
  }
}

/** A counter is about its person, or the key that belongs to nobody; a shared one about its scope. */
const scopesOf = (scope: Scope, subject: string | null): Scope[] =>
  subject === null
    ? [scope]
    : [
        { kind: 'user', id: subject },
        { kind: 'key', id: subject },
      ]
