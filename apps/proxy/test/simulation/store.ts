import type { BudgetNode } from '@tollkeeper/domain/budget'
import type { AttemptId, OrgId } from '@tollkeeper/domain/id'
import {
  emptyLedger,
  hold,
  inOrg,
  isJust,
  recordLost,
  release,
  renew,
  settle,
  surrender,
  sweep,
  type Counter,
  type HoldAnswer,
  type HoldState,
  type HoldRequest,
  type Ledger,
  type LedgerEvent,
} from '@tollkeeper/domain/ledger'
import type {
  Hold,
  HoldReply,
  LostCharge,
  Release,
  Settlement,
  SettleReply,
  Surrender,
} from '@tollkeeper/redis/budgets'
import type { Chance } from './chance.ts'
import type { SimPostgres } from './postgres.ts'

/** What a caller of the store sees when it cannot be reached, or when only its answer was lost. */
export class Away extends Error {}

export const leaseMs = 20_000
export const graceMs = 5_000

/** The ledger Redis of a simulation: the rule of the scripts, on a line that loses calls and answers. */
export class SimStore {
  ledger: Ledger = emptyLedger('1')
  /** Events that the worker has taken off the stream, by position. */
  readonly taken = new Set<LedgerEvent>()
  away = false
  /** Refusals that a store with the same state had no reason for. */
  readonly unjust: string[] = []
  lossPercent = 0
  epoch = 1
  readonly #chance: Chance
  readonly #now: () => number

  constructor(chance: Chance, now: () => number) {
    this.#chance = chance
    this.#now = now
  }

  /** Events that are on the stream. */
  get stream(): LedgerEvent[] {
    return this.ledger.events.filter((event) => !this.taken.has(event))
  }

  /** The verbs as the proxy calls them. */
  verbs() {
    return {
      hold: (wish: Hold) => this.#call(() => this.#hold(wish)),
      settle: ({ orgId, attemptId, amount, tokens }: Settlement): Promise<SettleReply> =>
        this.#call(() => this.#apply((ledger) => settle(ledger, { orgId, attemptId, amount, tokens, limits: [] }))),
      surrender: ({ orgId, attemptId }: Surrender) =>
        this.#call(() => this.#apply((ledger) => surrender(ledger, { orgId, attemptId }))),
      release: ({ orgId, attemptId }: Release) =>
        this.#call(() => void this.#apply((ledger) => release(ledger, { orgId, attemptId, limits: [] }))),
      recordLost: (charge: LostCharge) =>
        this.#call(() => this.#apply((ledger) => recordLost(ledger, charge, this.#now()))),
      draw: () => Promise.reject(new Error('No slices here')),
    }
  }

  renew(orgId: OrgId, attemptIds: readonly AttemptId[]): void {
    if (!this.away) this.ledger = renew(this.ledger, { orgId, attemptIds, leaseMs }, this.#now())
  }

  sweep(): void {
    if (!this.away) [this.ledger] = sweep(this.ledger, { graceMs }, this.#now())
  }

  /** Counters from the ledger under a new epoch, and the open holds of those who live (money.md 4.7). */
  rebuild(postgres: SimPostgres, nodes: readonly BudgetNode[], orgId: OrgId, live: readonly Hold[]): void {
    this.epoch += 1
    const used = postgres.used()
    const counters = new Map<string, Counter>(
      nodes.map(({ id, budget }) => [
        inOrg(orgId, id),
        { used: used.get(id) ?? 0n, held: 0n, limit: budget.limit, version: budget.version },
      ]),
    )
    const holds = new Map<string, HoldState>()
    for (const { attemptId, amount, nodes: path } of live) {
      const taken = { amount, tokens: 0, at: this.#now(), nodes: path.map(({ id }) => id), limits: [] }
      const known = postgres.attempt(attemptId)?.kinds ?? []
      // Its charge is in the ledger, and so in the counters: its owner has only not heard of it.
      if (known.includes('final') || known.includes('correction'))
        holds.set(inOrg(orgId, attemptId), { kind: 'settled' })
      else if (known.length > 0) holds.set(inOrg(orgId, attemptId), { kind: 'orphaned', ...taken })
      else {
        holds.set(inOrg(orgId, attemptId), { kind: 'dispatched', leaseEndsMs: this.#now() + leaseMs, ...taken })
        for (const id of taken.nodes) {
          const counter = counters.get(inOrg(orgId, id))
          if (counter) counters.set(inOrg(orgId, id), { ...counter, held: counter.held + amount })
        }
      }
    }
    this.ledger = { ...emptyLedger(String(this.epoch)), counters, made: new Set(counters.keys()), holds }
  }

  #hold({ orgId, attemptId, amount, nodes }: Hold): HoldReply {
    const request: HoldRequest = {
      orgId,
      attemptId,
      amount,
      nodes,
      tokens: 0,
      limits: [],
      epoch: String(this.epoch),
      leaseMs,
    }
    const known = this.ledger.holds.has(inOrg(orgId, attemptId))
    const answer = this.#apply((ledger) => hold(ledger, request, this.#now()))
    if (!known && !isJust(this.ledger, request, answer)) this.unjust.push(`${attemptId}: ${answer.kind}`)
    return replyOf(answer)
  }

  /** A call over the line: it may not arrive, and its answer may not. */
  async #call<T>(work: () => T): Promise<T> {
    if (this.away || this.#chance.percent(this.lossPercent)) throw new Away('not arrived')
    const answer = work()
    if (this.#chance.percent(this.lossPercent)) throw new Away('answer lost')
    return answer
  }

  #apply<Answer>(change: (ledger: Ledger) => readonly [Ledger, Answer]): Answer {
    const [ledger, answer] = change(this.ledger)
    this.ledger = ledger
    return answer
  }
}

function replyOf(answer: HoldAnswer): HoldReply {
  switch (answer.kind) {
    case 'held':
      return { kind: 'held', seq: 0, headroom: answer.headroom, tightest: null }
    case 'fenced':
      return { kind: 'fenced' }
    case 'window':
      return { kind: 'window', nowMs: 0 }
    case 'missing':
      return { kind: 'missing', node: answer.node }
    case 'over':
    case 'held-back': {
      const { node, used, held, limit } = answer
      return {
        kind: 'refused',
        by: 'budget',
        reason: answer.kind === 'over' ? 'over' : 'held',
        node,
        used,
        held,
        limit,
      }
    }
    case 'exists':
    case 'tokens':
      throw new Error(`Never asked for: ${answer.kind}`)
  }
}
