import { setTimeout as sleep } from 'node:timers/promises'
import type { AttemptId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { AttemptResult, RequestEvent } from '@tollkeeper/domain/usage'
import type { LostCharge } from '@tollkeeper/redis/budgets'
import type { Asker } from './asker.ts'
import type { SentRecord } from './record.ts'

/** How an attempt ended, as far as that is known. */
export type KnownEnd = { amount: NanoUsd; result: AttemptResult; request: RequestEvent | null }

/** An attempt of which the store says that it knows nothing. */
export type LostAttempt = Omit<SentRecord, 't'> & {
  /** Null: nobody knows what it cost. */
  end: KnownEnd | null
  /** The hold that may have paid for it; absent or null where it had one of its own. */
  sliceId?: AttemptId | null
}

export type LostAttemptsDeps = {
  asker: Asker
  /** Charges it to the slice that paid for it; false when that cannot be. */
  draw: (attempt: LostAttempt) => Promise<boolean>
  recordLost: (charge: LostCharge) => Promise<boolean>
  /** Settles or gives up as usual, for those that the store knows after all. */
  again: (attempt: LostAttempt) => void
  onRecorded: (attempt: LostAttempt, kind: LostCharge['kind']) => void
  onDefect: (error: unknown) => void
  everyMs: number
}

export type LostAttempts = {
  add: (attempt: LostAttempt) => void
  readonly count: number
  /** Asks about those that wait at once, until none waits any more. Never fails; ends early when it is stopped. */
  untilNone: () => Promise<void>
  stop: () => void
}

const perAsk = 500
const pauseMs = 100
const kinds = ['final', 'provisional', 'correction'] as const

/**
 * Charges attempts whose holds the store has lost, or whose slice may not remember them, after the ledger was asked what it has of them: what was recorded
 * before the loss must not be charged a second time. Those that wait are in the journal too.
 */
export function makeLostAttempts(deps: LostAttemptsDeps): LostAttempts {
  const waiting = new Map<AttemptId, LostAttempt>()
  const state = { stopped: false }
  let running: Promise<void> | undefined
  const timer = setInterval(() => void round(), deps.everyMs)
  timer.unref()

  const round = (): Promise<void> =>
    (running ??= askAndSettle()
      .catch(deps.onDefect)
      .finally(() => (running = undefined)))

  async function askAndSettle(): Promise<void> {
    if (waiting.size === 0) return
    const some = [...waiting.values()].slice(0, perAsk)
    const found = await deps.asker.whichAreRecorded(
      some.flatMap(({ attemptId }) => kinds.map((kind) => `${attemptId}:${kind}`)),
    )
    // Nobody has answered: the worker or the store is away.
    if (!found) return
    for (const attempt of some) await settleOne(attempt, found)
  }

  async function settleOne(attempt: LostAttempt, found: ReadonlySet<string>): Promise<void> {
    const charge = chargeOfLost(attempt, found)
    if (charge && !(attempt.sliceId && (await deps.draw(attempt)))) {
      const recorded = await deps.recordLost(charge)
      if (recorded) deps.onRecorded(attempt, charge.kind)
      else deps.again(attempt)
    }
    waiting.delete(attempt.attemptId)
  }

  return {
    add: (attempt) => void waiting.set(attempt.attemptId, attempt),
    async untilNone() {
      for (;;) {
        await round()
        if (waiting.size === 0 || state.stopped) return
        // The store or the worker is away.
        await sleep(pauseMs, undefined, { ref: false })
      }
    },
    get count() {
      return waiting.size
    },
    stop() {
      state.stopped = true
      clearInterval(timer)
    },
  }
}

/** What nobody knows is charged as held (decisions.md 5). */
const unknown: AttemptResult = { outcome: 'unknown', usageSource: 'held', tokens: {}, status: null }

/** What is still to be charged of an attempt, given the ids of the events that the ledger has; undefined: nothing. */
export function chargeOfLost({ end, ...attempt }: LostAttempt, found: ReadonlySet<string>): LostCharge | undefined {
  const has = (kind: string) => found.has(`${attempt.attemptId}:${kind}`)
  if (has('final') || has('correction') || (has('provisional') && end === null)) return undefined
  const kind = end === null ? 'provisional' : has('provisional') ? 'correction' : 'final'
  const { amount, result, request } = end ?? { amount: attempt.hold, result: unknown, request: null }
  const { orgId, attemptId, hold, nodes, meta } = attempt
  return { orgId, attemptId, hold, nodes, meta, kind, amount, result, ...(request && { request }) }
}
