import type { Budget } from '@tollkeeper/domain/budget'
import type { BudgetId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { BudgetPeriod, Instant } from '@tollkeeper/domain/time'
import { standingsOf, type Counter } from '#server/balances.ts'
import type { OrgContext } from '#server/trpc.ts'

/** A budget as the pages of keys show it, with what is spent and held in its present window. */
export type Quota = {
  id: BudgetId
  limit: NanoUsd
  period: BudgetPeriod
  /** Whether it refuses at its limit, or only warns. */
  hard: boolean
  used: NanoUsd
  held: NanoUsd
  /** Null: it never starts again by itself. */
  resetsAt: Date | null
}

/** Quotas in the order of the counters. */
export async function quotasOf(
  ctx: Pick<OrgContext, 'stores' | 'db' | 'org'>,
  counters: readonly Counter[],
  now: Instant,
): Promise<(Quota & { scope: Budget['scope'] })[]> {
  const { standings } = await standingsOf(ctx, counters, now)
  return standings.map(({ budget, window, used, held }) => ({
    id: budget.id,
    scope: budget.scope,
    limit: budget.limit,
    period: budget.period,
    hard: budget.mode === 'hard',
    used,
    held,
    resetsAt: budget.period === 'all' ? null : new Date(window.endMs),
  }))
}
