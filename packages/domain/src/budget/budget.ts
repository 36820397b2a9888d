import { z } from 'zod'
import { budgetId } from '../id/index.ts'
import { nanoUsdText } from '../price/index.ts'
import { scopeKind } from '../scope/index.ts'
import { budgetPeriod } from '../time/index.ts'

/** At the limit: `hard` refuses, `soft` only warns. */
export const budgetModes = ['hard', 'soft'] as const
export type BudgetMode = (typeof budgetModes)[number]
/** `pool`: everybody below the scope shares one limit. `each`: every person has that limit for themselves. */
export const budgetSharings = ['pool', 'each'] as const
export type BudgetSharing = (typeof budgetSharings)[number]

/**
 * More on a budget until a time. `subject`: whose counter of an `each` budget it is on; null: the shared one. It ends by
 * itself: whoever has the budget knows when, so that nobody has to publish anything at that moment.
 */
const raise = z.object({ subject: z.string().nullable(), amount: nanoUsdText, fromMs: z.int(), untilMs: z.int() })

/** What was left of the window before, for the counter of one window. */
const carried = z.object({ subject: z.string().nullable(), window: z.string(), amount: nanoUsdText })

/** A money limit of a scope over a period. A key's quota is the budget of its key scope. */
export const budget = z.object({
  id: budgetId,
  scope: z.object({ kind: scopeKind, id: z.string(), name: z.string() }),
  period: budgetPeriod,
  limit: nanoUsdText,
  mode: z.enum(budgetModes),
  sharing: z.enum(budgetSharings),
  /**
   * Grows with every change; the store keeps the newest limit it has seen. A change adds one, and one more for each
   * moment at which a raise begins or ends from then on: these versions are for the limits in between (`budgetAt`).
   */
  version: z.int().nonnegative(),
  /**
   * What the scope had spent in the window in which the budget was made, from the ledger.
   * The counter of that window begins there, so that a limit set on the 20th knows of the 1st. Absent for `each`.
   */
  opening: z.object({ window: z.string(), amount: nanoUsdText }).nullable(),
  raises: z.array(raise).optional(),
  /** What is left of a window is added to the limit of the next one, at most this much. */
  carryOver: nanoUsdText.nullable().optional(),
  /** What was carried into the present windows. A window that is not named got nothing, or not yet. */
  carried: z.array(carried).optional(),
})
export type Raise = z.output<typeof raise>
export type Budget = z.output<typeof budget>
