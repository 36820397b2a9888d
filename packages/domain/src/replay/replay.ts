import { nodesOf, type Budget, type BudgetNode } from '../budget/index.ts'
import type { AttemptId, OrgId } from '../id/index.ts'
import {
  clamp,
  emptyLedger,
  hold,
  inOrg,
  mostClamps,
  settle,
  type Counter,
  type HoldAnswer,
  type HoldRequest,
  type HoldState,
  type Ledger,
} from '../ledger/index.ts'
import { costOf, worstCase, type NanoUsd } from '../price/index.ts'
import type { Instant } from '../time/index.ts'
import { makeDue } from './due.ts'
import type { LoggedAttempt } from './logged-attempt.ts'
import { makeWindows } from './windows.ts'

/** The limits under which a log is replayed. */
export type ReplayWorld = {
  zone: string
  budgetsByScope: ReadonlyMap<string, readonly Budget[]>
  /** What a counter says when the replay first touches it. */
  openingOf: (node: BudgetNode) => NanoUsd
}

/** What would have become of an attempt. */
export type Replayed =
  | { kind: 'admitted'; hold: NanoUsd; cost: NanoUsd; clampedTo: number | null }
  | { kind: 'refused'; node: BudgetNode; reason: 'exceeded' | 'held'; used: NanoUsd; held: NanoUsd; asked: NanoUsd }

export type Replay = {
  /** The next attempt. They come in the order of their holds; attempts that ended before it are settled first. */
  next(attempt: LoggedAttempt): Replayed
  /** Holds that are open. */
  readonly open: number
}

const epoch = '1'

/** Counters of closed windows are looked for when there are more than this. */
const keptCounters = 10_000

/**
 * Replays attempts under other limits by the ledger's own rule: each is held, clamped or refused as the proxy would
 * have, and settled when it was settled then. Keeps the counters of open windows and the open holds, whatever the
 * length of the log.
 *
 * An answer that is clamped shorter is charged for what the shorter cap lets through. What was refused then and fits
 * now is charged as held, since nobody knows what it would have cost.
 */
export function beginReplay(world: ReplayWorld): Replay {
  const counters = new Map<string, Counter>()
  const holds = new Map<string, HoldState>()
  const windows = makeWindows()
  const due = makeDue<{ orgId: OrgId; attemptId: AttemptId; nodes: readonly BudgetNode[]; cost: NanoUsd }>()
  const ends = new Map<string, Instant>()
  let forgetAt = keptCounters

  /** The part of the ledger that a verb may look at: counters are independent of each other. */
  const part = (orgId: OrgId, attemptId: AttemptId, nodes: readonly BudgetNode[]): Ledger => {
    const name = inOrg(orgId, attemptId)
    const held = holds.get(name)
    return {
      ...emptyLedger(epoch),
      counters: new Map(
        nodes.flatMap(({ id }) => {
          const counter = counters.get(inOrg(orgId, id))
          return counter ? [[inOrg(orgId, id), counter] as const] : []
        }),
      ),
      holds: held ? new Map([[name, held]]) : new Map(),
    }
  }
  const keep = (ledger: Ledger) => {
    for (const [name, counter] of ledger.counters) counters.set(name, counter)
    for (const [name, state] of ledger.holds) {
      if (state.kind === 'dispatched') holds.set(name, state)
      else holds.delete(name)
    }
  }
  const tryHold = (request: HoldRequest, at: Instant): HoldAnswer => {
    const [after, answer] = hold(part(request.orgId, request.attemptId, request.nodes), request, at)
    keep(after)
    return answer
  }
  const settleUntil = (at: Instant) => {
    for (let ended = due.take(at); ended; ended = due.take(at)) {
      const { orgId, attemptId, nodes, cost } = ended
      keep(settle(part(orgId, attemptId, nodes), { orgId, attemptId, limits: [], amount: cost, tokens: 0 })[0])
    }
  }

  /** Nobody asks again for a window that is over, and what is held there keeps its counter until it settles. */
  const forgetClosed = (now: Instant) => {
    for (const [name, end] of ends) {
      if (end > now || counters.get(name)?.held !== 0n) continue
      ends.delete(name)
      counters.delete(name)
    }
    forgetAt = Math.max(keptCounters, 2 * ends.size)
  }

  return {
    next(attempt) {
      settleUntil(attempt.heldAt)
      const { attemptId, scopes, heldAt } = attempt
      const { orgId } = scopes
      const nodes = nodesOf(world.budgetsByScope, scopes, { zone: world.zone, at: heldAt }, windows).map((node) => {
        const known = counters.get(inOrg(orgId, node.id))
        return known ? node : { ...node, opening: world.openingOf(node) }
      })
      for (const { id, window } of nodes) ends.set(inOrg(orgId, id), window.endMs)
      if (ends.size > forgetAt) forgetClosed(heldAt)
      let cap = attempt.ask?.cap ?? null
      let amount = amountOf(attempt, cap)
      for (let turn = 0; ; turn += 1) {
        const request: HoldRequest = {
          orgId,
          attemptId,
          limits: [],
          epoch,
          amount,
          tokens: 0,
          nodes,
          leaseMs: Number.MAX_SAFE_INTEGER,
        }
        const answer = tryHold(request, heldAt)
        if (answer.kind === 'held') {
          const cost = costUnder(attempt, cap, amount)
          due.add(attempt.settled?.at ?? heldAt, { orgId, attemptId, nodes, cost })
          return { kind: 'admitted', hold: amount, cost, clampedTo: cap === (attempt.ask?.cap ?? null) ? null : cap }
        }
        if (answer.kind !== 'over' && answer.kind !== 'held-back') throw new Error(`A replay was ${answer.kind}`)
        const node = nodes[answer.node]
        if (!node) throw new Error(`A replay was refused by budget ${answer.node} of ${nodes.length}`)
        const { used, held, limit } = answer
        const over = answer.kind === 'over'
        const smaller =
          attempt.ask && cap !== null
            ? clamp({ ...attempt.ask, cap }, attempt.ask.price, { over, used, held, limit })
            : ({ kind: 'too-little', later: !over } as const)
        if (smaller.kind === 'too-little' || turn + 1 >= mostClamps) {
          const later = smaller.kind === 'smaller' || smaller.later
          return { kind: 'refused', node, reason: later ? 'held' : 'exceeded', used, held, asked: amount }
        }
        cap = smaller.cap
        amount = amountOf(attempt, cap)
      }
    },
    get open() {
      return holds.size
    },
  }
}

/** What an attempt holds under a cap. */
function amountOf({ ask, hold: recorded }: LoggedAttempt, cap: number | null): NanoUsd {
  if (!ask || cap === null) return recorded
  return worstCase({ input: ask.input, output: cap * ask.choices }, ask.price) ?? recorded
}

/** What an attempt costs under a cap. */
function costUnder({ ask, settled }: LoggedAttempt, cap: number | null, held: NanoUsd): NanoUsd {
  if (!settled) return held
  if (!ask || cap === null || cap === ask.cap) return settled.cost
  const most = cap * ask.choices
  const output = settled.tokens.outputText ?? 0
  const cost = output > most ? costOf({ ...settled.tokens, outputText: most }, ask.price) : settled.cost
  return cost === undefined || cost > held ? held : cost
}
