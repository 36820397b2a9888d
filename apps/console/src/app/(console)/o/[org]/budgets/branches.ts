import type { Budget } from '@tollkeeper/domain/budget'
import type { BudgetId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { Scope } from '@tollkeeper/domain/scope'
import type { Instant } from '@tollkeeper/domain/time'
import type { Counter, Standing } from '#server/balances.ts'
import { counterKey } from './counter-key.ts'

/** A budget where it is shown: at its own scope, or at a person to whom one for each person applies. */
export type ShownBudget = Pick<Budget, 'period' | 'limit' | 'mode' | 'sharing'> & {
  id: BudgetId
  /** Whose counter it is; null: everybody's together, or (`each` at its own scope) nobody's. */
  subject: string | null
  /** The scope that an inherited one comes from. */
  from: Budget['scope'] | null
  /** Null where there is no single counter: a budget for each person, at its own scope. */
  standing: { used: NanoUsd; held: NanoUsd; endMs: Instant } | null
  /** The limit as it stands now, and until when it is raised; the same as `limit` unless something was added. */
  now: { limit: NanoUsd; raisedUntilMs: Instant | null }
  /** How much of a window may be carried into the next one. */
  carryOver: NanoUsd | null
  /** What the ledger had at the last verification, where the counter said something else. */
  drift: { counterNano: NanoUsd; ledgerNano: NanoUsd } | null
}

/** A scope in the tree. */
export type Branch = {
  scope: Scope & { name: string }
  /** What tells scopes of one name apart. */
  note: string | null
  mayEdit: boolean
  budgets: ShownBudget[]
  /** `lazy`: asked for when somebody opens it. */
  children: Branch[] | 'lazy'
}

/** A scope before its budgets are filled in: `own` ones, and `each` ones of wider scopes that apply to its person. */
export type Bare = Omit<Branch, 'budgets' | 'children'> & {
  own: readonly Budget[]
  inherited?: { budgets: readonly Budget[]; subject: string }
  children: Bare[] | 'lazy'
}

/** Every counter in the tree whose number is shown. */
export function countersOf(bare: readonly Bare[]): Counter[] {
  return bare.flatMap(({ own, inherited, children }) => [
    ...own.filter((budget) => budget.sharing === 'pool').map((budget) => ({ budget, subject: null })),
    ...(inherited?.budgets.map((budget) => ({ budget, subject: inherited.subject })) ?? []),
    ...(children === 'lazy' ? [] : countersOf(children)),
  ])
}

export type Known = {
  standings: readonly Standing[]
  drift: readonly { node: string; counterNano: NanoUsd; ledgerNano: NanoUsd }[]
}

/** Puts numbers into the tree. */
export function filled(bare: readonly Bare[], known: Known): Branch[] {
  const standings = new Map(known.standings.map((each) => [counterKey(each.budget.id, each.subject), each]))
  const drift = new Map(known.drift.map((each) => [each.node, each]))
  const shown = (budget: Budget, subject: string | null, from: ShownBudget['from']): ShownBudget => {
    const { id, period, limit, mode, sharing } = budget
    const found = standings.get(counterKey(id, subject))
    const differs = found && drift.get(found.nodeId)
    return {
      id,
      period,
      limit,
      mode,
      sharing,
      subject,
      from,
      now: { limit: found?.budget.limit ?? limit, raisedUntilMs: raisedUntil(budget, subject) },
      carryOver: budget.carryOver ?? null,
      standing: found ? { used: found.used, held: found.held, endMs: found.window.endMs } : null,
      drift: differs ? { counterNano: differs.counterNano, ledgerNano: differs.ledgerNano } : null,
    }
  }
  const fill = ({ own, inherited, children, ...rest }: Bare): Branch => ({
    ...rest,
    budgets: [
      ...own.toSorted(byPeriod).map((budget) => shown(budget, null, null)),
      ...(inherited?.budgets.toSorted(byPeriod).map((budget) => shown(budget, inherited.subject, budget.scope)) ?? []),
    ],
    children: children === 'lazy' ? children : children.map(fill),
  })
  return bare.map(fill)
}

/** When the first of the raises that run ends; those that are over are not in a budget that was read just now. */
function raisedUntil({ raises }: Budget, subject: string | null): Instant | null {
  const ends = raises?.filter((raise) => raise.subject === subject).map((raise) => raise.untilMs) ?? []
  return ends.length === 0 ? null : Math.min(...ends)
}

const order = ['hour', 'day', 'week', 'month', 'all']
/** Shared ones first, then those for each person; shortest period first. */
const byPeriod = (a: Budget, b: Budget): number =>
  Number(a.sharing === 'each') - Number(b.sharing === 'each') || order.indexOf(a.period) - order.indexOf(b.period)
