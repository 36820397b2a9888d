import type { BudgetNode } from '../budget/index.ts'
import type { AttemptId, BudgetId, OrgId } from '../id/index.ts'
import { hold, type HoldRequest } from './hold.ts'
import { emptyLedger, inOrg, type AttemptRef, type HoldState, type Ledger } from './ledger.ts'

// For the tests of this folder: only what matters to one is said there.

export const orgId = 'org_1' as OrgId

/** A budget's counter until 1,000,000 ms. `limit` null: a soft budget. */
export const aNode = (id: string, limit: bigint | null, over: Partial<BudgetNode> & { version?: number } = {}) => {
  const { version = 1, ...rest } = over
  const budget: BudgetNode['budget'] = {
    id: id as BudgetId,
    scope: { kind: 'team', id: 'team_1', name: 'Team' },
    period: 'all',
    limit: limit ?? 0n,
    mode: limit === null ? 'soft' : 'hard',
    sharing: 'pool',
    version,
    opening: null,
  }
  return { id, budget, window: { id: 'a0', startMs: 0, endMs: 1_000_000 }, opening: 0n, ...rest } satisfies BudgetNode
}

export const aHold = (
  id: string,
  amount: bigint,
  nodes: readonly BudgetNode[],
  over: Partial<HoldRequest> = {},
): HoldRequest => ({
  ...ref(id),
  epoch: '1',
  amount,
  tokens: 1,
  nodes,
  leaseMs: 20_000,
  ...over,
})

export const ref = (id: string): AttemptRef => ({ orgId, attemptId: id as AttemptId, limits: [] })

/** A ledger in which these amounts are held, one after the other, as attempts a, b, c … */
export const holding = (nodes: readonly BudgetNode[], ...amounts: readonly bigint[]): Ledger =>
  amounts.reduce(
    (ledger, amount, i) => hold(ledger, aHold(String.fromCodePoint(97 + i), amount, nodes), 0)[0],
    emptyLedger('1'),
  )

/** What a counter has used and holds. */
export const counterOf = (ledger: Ledger, id: string): [used: bigint, held: bigint] | undefined => {
  const counter = ledger.counters.get(inOrg(orgId, id))
  return counter && [counter.used, counter.held]
}

export const holdOf = (ledger: Ledger, id: string): HoldState | undefined => ledger.holds.get(inOrg(orgId, id))

/** The events of a ledger, each as `<attempt> <kind> <amount> of <hold> on <nodes>`. */
export const eventsOf = ({ events }: Ledger): string[] =>
  events.map(
    ({ attemptId, kind, amount, hold: held, nodes }) =>
      `${attemptId} ${kind} ${amount} of ${held} on ${nodes.join(' ')}`,
  )
