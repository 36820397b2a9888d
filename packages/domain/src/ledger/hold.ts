import type { BudgetNode } from '../budget/index.ts'
import type { NanoUsd } from '../price/index.ts'
import type { Instant } from '../time/index.ts'
import { inOrg, nodeIds, replaced, type AttemptRef, type Counter, type HoldState, type Ledger } from './ledger.ts'
import { tokensTaken, tokenWaitMs } from './tokens.ts'

/** What is to be taken before an attempt may be sent. */
export type HoldRequest = AttemptRef & {
  /** The shard's epoch as the caller knows it. */
  epoch: string
  amount: NanoUsd
  tokens: number
  /** Budgets of the chain, root first. */
  nodes: readonly BudgetNode[]
  leaseMs: number
}

export type HoldAnswer =
  /** `headroom`: least that is left on a hard budget; null without one. */
  | { kind: 'held'; headroom: NanoUsd | null }
  | { kind: 'fenced' }
  | { kind: 'window' }
  /** The counter of that budget was lost: what it had used must not be taken for nothing. */
  | { kind: 'missing'; node: number }
  /** The id was used before, for another hold or for one that is closed. */
  | { kind: 'exists'; state: HoldState['kind'] }
  | { kind: 'over' | 'held-back'; node: number; used: NanoUsd; held: NanoUsd; limit: NanoUsd }
  /** `waitMs` null: never fits. */
  | { kind: 'tokens'; limit: number; waitMs: number | null }

/**
 * Takes an amount on every budget and tokens from every limit, or nothing at all (invariant I2).
 * The newest limit that any caller brought is kept, whatever the answer.
 */
export function hold(ledger: Ledger, request: HoldRequest, at: Instant): [Ledger, HoldAnswer] {
  const { orgId, attemptId, amount, nodes } = request
  if (ledger.epoch !== request.epoch) return [ledger, { kind: 'fenced' }]
  const name = inOrg(orgId, attemptId)
  const known = ledger.holds.get(name)
  const again = known && isSame(known, request) ? known : undefined
  if (known && !again) return [ledger, { kind: 'exists', state: known.kind }]
  if (!again && nodes.some((node) => isOutside(node, at))) {
    return [ledger, { kind: 'window' }]
  }

  const lost = nodes.findIndex(({ id }) => isLost(ledger, inOrg(orgId, id)))
  if (lost >= 0) return [ledger, { kind: 'missing', node: lost }]
  const counters = nodes.map((node) => upToDate(ledger.counters.get(inOrg(orgId, node.id)), node))
  const informed: Ledger = {
    ...ledger,
    made: new Set([...ledger.made, ...nodes.map(({ id }) => inOrg(orgId, id))]),
    counters: replaced(
      ledger.counters,
      nodes.flatMap((node, i) => (counters[i] ? [[inOrg(orgId, node.id), counters[i]] as const] : [])),
    ),
  }
  if (!again) {
    const refusal = refusalOf(informed, counters, request, at)
    if (refusal) return [informed, refusal]
  }
  const add = again ? 0n : amount
  const left = counters.flatMap(({ used, held, limit }) => (limit === null ? [] : [limit - used - held - add]))
  const least = left.reduce<NanoUsd | null>((min, rest) => (min === null || rest < min ? rest : min), null)
  const answer: HoldAnswer = { kind: 'held', headroom: least !== null && least < 0n ? 0n : least }

  const leaseEndsMs = at + request.leaseMs
  if (again) return [{ ...informed, holds: replaced(ledger.holds, [[name, { ...again, leaseEndsMs }]]) }, answer]
  const taken: HoldState = {
    kind: 'dispatched',
    leaseEndsMs,
    amount,
    tokens: request.tokens,
    at,
    nodes: nodeIds(nodes),
    limits: request.limits.map((limit) => limit.id),
  }
  return [
    {
      ...informed,
      ...tokensTaken(informed, orgId, request.limits, request.tokens, at),
      counters: replaced(
        informed.counters,
        nodes.flatMap((node, i) => {
          const counter = counters[i]
          return counter ? [[inOrg(orgId, node.id), { ...counter, held: counter.held + amount }] as const] : []
        }),
      ),
      holds: replaced(ledger.holds, [[name, taken]]),
    },
    answer,
  ]
}

/** The same hold sent again: its reply was lost. */
const isSame = (
  known: HoldState,
  { amount, nodes }: HoldRequest,
): known is Extract<HoldState, { kind: 'dispatched' }> =>
  known.kind === 'dispatched' && known.amount === amount && known.nodes.join(' ') === nodeIds(nodes).join(' ')

/** Outside the window, or the stretch for which the limit was chosen: a raise ends when the store's clock says so. */
const isOutside = ({ window, inForce }: BudgetNode, at: Instant): boolean =>
  at < Math.max(window.startMs, inForce?.fromMs ?? 0) ||
  at >= Math.min(window.endMs, inForce?.untilMs ?? Number.POSITIVE_INFINITY)

const isLost = ({ counters, made }: Ledger, name: string): boolean => made.has(name) && !counters.has(name)

export function upToDate(counter: Counter | undefined, { budget, opening }: BudgetNode): Counter {
  const limit = budget.mode === 'hard' ? budget.limit : null
  if (!counter) return { used: opening, held: 0n, limit, version: budget.version }
  return budget.version > counter.version ? { ...counter, limit, version: budget.version } : counter
}

/** What can never be comes first: a caller that is told to wait must not wait for nothing. */
function refusalOf(
  ledger: Ledger,
  counters: readonly Counter[],
  { orgId, amount, tokens, limits }: HoldRequest,
  at: Instant,
): HoldAnswer | undefined {
  const full = counters.flatMap(({ used, held, limit }, node) => {
    if (limit === null || used + held + amount <= limit) return []
    return [{ kind: used + amount > limit ? ('over' as const) : ('held-back' as const), node, used, held, limit }]
  })
  const waits = limits.map((limit, i) => ({ limit: i, waitMs: tokenWaitMs(ledger, orgId, limit, tokens, at) }))
  const over = full.find((refusal) => refusal.kind === 'over')
  if (over) return over
  const never = waits.find((wait) => wait.waitMs === null)
  if (never) return { kind: 'tokens', ...never }
  if (full[0]) return full[0]
  const longest = Math.max(0, ...waits.map((wait) => wait.waitMs ?? 0))
  if (longest === 0) return undefined
  return { kind: 'tokens', limit: waits.findIndex((wait) => wait.waitMs === longest), waitMs: longest }
}
