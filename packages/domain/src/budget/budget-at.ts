import { maxLimitNano } from '../price/index.ts'
import type { BudgetWindow, Instant } from '../time/index.ts'
import type { Budget } from './budget.ts'

/** A stretch of time: from `fromMs` (inclusive) to `untilMs` (exclusive). */
export type Stretch = { fromMs: Instant; untilMs: Instant }

/**
 * A budget as it stands for one counter at a moment, with what was carried into the window and the raises of that moment
 * in its limit, and how long it stands like that. The version grows with time as it does with changes: it is that of the
 * last limit minus the edges still to come, so that the limit after a raise replaces the raised one by itself, and every
 * later change replaces both.
 */
export function budgetAt(
  budget: Budget,
  of: { subject: string | null; window: BudgetWindow },
  at: Instant,
): { budget: Budget; inForce: Stretch } {
  const { subject, window } = of
  const inForce = { fromMs: window.startMs, untilMs: window.endMs }
  const raises = budget.raises?.filter((raise) => raise.subject === subject) ?? []
  let limit = budget.limit + carriedInto(budget, of)
  let { version } = budget
  for (const { amount, fromMs, untilMs } of raises) {
    if (fromMs <= at && at < untilMs) limit += amount
    for (const edge of [fromMs, untilMs]) {
      if (edge > at) version -= 1
      if (edge <= at) inForce.fromMs = Math.max(inForce.fromMs, edge)
      else inForce.untilMs = Math.min(inForce.untilMs, edge)
    }
  }
  if (limit > maxLimitNano) limit = maxLimitNano
  return limit === budget.limit && version === budget.version
    ? { budget, inForce }
    : { budget: { ...budget, limit, version }, inForce }
}

const carriedInto = ({ carried }: Budget, { subject, window }: { subject: string | null; window: BudgetWindow }) =>
  carried?.find((each) => each.window === window.id && each.subject === subject)?.amount ?? 0n
