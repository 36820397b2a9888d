import type { BudgetNode } from '@tollkeeper/domain/budget'
import { usdText, type NanoUsd } from '@tollkeeper/domain/price'
import { zonedText } from '@tollkeeper/domain/time'

/** A budget and where its counter stands, as callers are told. */
export function budgetBody({ budget, window }: BudgetNode, at: { used: NanoUsd; held: NanoUsd }, zone: string) {
  const left = budget.limit - at.used - at.held
  return {
    ...budgetNames({ budget, window }, zone),
    limit_usd: usdText(budget.limit),
    spent_usd: usdText(at.used),
    held_usd: usdText(at.held),
    left_usd: usdText(left < 0n ? 0n : left),
  }
}

/** The same without amounts. */
export const budgetNames = ({ budget, window }: Pick<BudgetNode, 'budget' | 'window'>, zone: string) => ({
  scope: { type: budget.scope.kind, id: budget.scope.id, name: budget.scope.name },
  period: budget.period,
  mode: budget.mode,
  resets_at: budget.period === 'all' ? null : zonedText(zone, window.endMs),
})
