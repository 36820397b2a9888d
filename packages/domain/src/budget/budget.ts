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

/** A money limit of a scope over a period. A key's quota is the budget of its key scope. */
export const budget = z.object({
  id: budgetId,
  scope: z.object({ kind: scopeKind, id: z.string(), name: z.string() }),
  period: budgetPeriod,
  limit: nanoUsdText,
  mode: z.enum(budgetModes),
  sharing: z.enum(budgetSharings),
  /** Grows with every change; the store keeps the newest limit it has seen. */
  version: z.int().nonnegative(),
  /**
   * What the scope had spent in the window in which the budget was made, from the ledger.
   * The counter of that window begins there, so that a limit set on the 20th knows of the 1st. Absent for `each`.
   */
  opening: z.object({ window: z.string(), amount: nanoUsdText }).nullable(),
})
export type Budget = z.output<typeof budget>
