import type { BudgetNode } from '@tollkeeper/domain/budget'
import type { OrgId } from '@tollkeeper/domain/id'
import { counterKey } from '../keys.ts'
import { oncePerList } from '../once-per-list.ts'

/** Budget counters as the scripts take them. */
export type Counters = {
  /** How they are written beside a hold: separated by spaces. */
  readonly ids: string
  readonly keys: readonly string[]
}

/** Beyond any clock, and exact in Lua. */
const endOfTime = 8_640_000_000_000_000

/** Those of a chain, with the five arguments of hold_v2 for each. */
export const countersOf = oncePerList((orgId, nodes: readonly BudgetNode[]) => ({
  ids: nodes.map((node) => node.id).join(' '),
  keys: nodes.map((node) => counterKey(orgId, node.id)),
  args: nodes.flatMap(({ budget, window, opening }) => [
    String(window.startMs),
    String(window.endMs),
    budget.mode === 'hard' ? budget.limit.toString() : '',
    String(budget.version),
    opening.toString(),
  ]),
  /** From when to when all the limits hold; the last two arguments of hold_v2. */
  inForce: [
    Math.max(0, ...nodes.map(({ inForce }) => inForce?.fromMs ?? 0)),
    Math.min(...nodes.map(({ inForce }) => inForce?.untilMs ?? endOfTime), endOfTime),
  ].map(String),
}))

/** Those that a hold names. */
export const countersNamed = (orgId: OrgId, ids: string): Counters => ({
  ids,
  keys: ids === '' ? [] : ids.split(' ').map((id) => counterKey(orgId, id)),
})
