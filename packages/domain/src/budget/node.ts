import type { NanoUsd } from '../price/index.ts'
import { chainOf, type ScopeIds } from '../scope/index.ts'
import { windowOf, type BudgetWindow, type Instant } from '../time/index.ts'
import { budgetAt, type Stretch } from './budget-at.ts'
import type { Budget } from './budget.ts'

/** One counter that a hold is taken on: a budget, whom it counts for, and the window. */
export type BudgetNode = {
  /** `<budget>~<subject or ->~<window>`: names the counter in the store and in the ledger. */
  id: string
  /** As it stands at that moment. */
  budget: Budget
  window: BudgetWindow
  /** Where the counter starts if it does not exist yet. */
  opening: NanoUsd
  /** How long the limit stands like that; absent: until the window ends. */
  inForce?: Stretch
}

export const nodeIdOf = (budgetId: string, subject: string | null, windowId: string): string =>
  `${budgetId}~${subject ?? '-'}~${windowId}`

/** The inverse of `nodeIdOf`. Undefined for text of another form. */
export function parseNodeId(id: string): { budgetId: string; subject: string | null; windowId: string } | undefined {
  const [budgetId, subject, windowId, rest] = id.split('~')
  if (!budgetId || !subject || !windowId || rest !== undefined) return undefined
  return { budgetId, subject: subject === '-' ? null : subject, windowId }
}

/**
 * The counters a request touches at `at`, root first, in the order of the chain and then of `budgets`.
 * An `each` budget counts per person, or per key where the key belongs to nobody. `find` finds windows: a caller that
 * asks for very many instants in order has a quicker way.
 */
export function nodesOf(
  budgetsByScope: ReadonlyMap<string, readonly Budget[]>,
  ids: ScopeIds,
  calendar: { zone: string; at: Instant },
  find: typeof windowOf = windowOf,
): BudgetNode[] {
  const nodes: BudgetNode[] = []
  for (const scope of chainOf(ids)) {
    for (const budget of budgetsByScope.get(`${scope.kind}:${scope.id}`) ?? []) {
      const window = find(budget.period, calendar.zone, calendar.at)
      const subject = budget.sharing === 'each' ? (ids.userId ?? ids.keyId) : null
      const opening = subject === null && budget.opening?.window === window.id ? budget.opening.amount : 0n
      const node = { id: nodeIdOf(budget.id, subject, window.id), window, opening }
      if (!budget.raises && !budget.carried) nodes.push({ ...node, budget })
      else nodes.push({ ...node, ...budgetAt(budget, { subject, window }, calendar.at) })
    }
  }
  return nodes
}
