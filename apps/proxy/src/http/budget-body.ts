import type { BudgetNode } from '@tollkeeper/domain/budget'
import { usdText, type NanoUsd } from '@tollkeeper/domain/price'
import { zonedText } from '@tollkeeper/domain/time'

/** A budget and where its counter stands, as callers are told. */
export function budgetBody(node: BudgetNode, at: { used: NanoUsd; held: NanoUsd }, zone: string) {
  const { budget } = node
  const left = budget.limit - at.used - at.held
  return {
    ...budgetNames(node, zone),
    limit_usd: usdText(budget.limit),
    spent_usd: usdText(at.used),
    held_usd: usdText(at.held),
    left_usd: usdText(left < 0n ? 0n : left),
  }
}

/** The same without amounts. */
export const budgetNames = ({ budget, window, inForce }: BudgetNode, zone: string) => ({
  scope: { type: budget.scope.kind, id: budget.scope.id, name: budget.scope.name },
  period: budget.period,
  mode: budget.mode,
  resets_at: budget.period === 'all' ? null : zonedText(zone, window.endMs),
  /** When the limit is lower again, while it is raised. */
  raised_until: inForce && inForce.untilMs < window.endMs ? zonedText(zone, inForce.untilMs) : null,
})
