import { Failure } from '@tollkeeper/domain/failure'
import type { Answered, AnswerStream, Routed } from '../exchange.ts'
import type { Follower, SharedStream } from './shared-stream.ts'

type Whole = Extract<Answered, { kind: 'whole' }>
type Stream = Extract<Answered, { kind: 'stream' }>

/** What becomes of somebody who joined a call. */
export type Landing =
  | { kind: 'whole'; answered: Whole }
  | { kind: 'stream'; answered: Stream; relay: AnswerStream }
  | { kind: 'failed'; failure: Failure }
  /** The call is not for them: they ask again. `wasCalled`: a provider was asked, in vain. */
  | { kind: 'again'; wasCalled: boolean }

type Waiter = { follower: Follower; land: (landing: Landing) => void }

/** After this long nobody joins a call any more: what it says may be old. */
const longestMs = 120_000

/** One call that is under way, and those who asked the same and wait for what comes of it. */
export class Flight {
  readonly leader: Routed
  readonly #startedAt: number
  readonly #wasCalled: boolean
  #waiting: Waiter[] = []
  #streaming: { answered: Stream; shared: SharedStream } | undefined

  /** `wasCalled`: the same was asked before, and the call failed. */
  constructor(leader: Routed, so: { startedAt: number; wasCalled: boolean }) {
    this.leader = leader
    this.#startedAt = so.startedAt
    this.#wasCalled = so.wasCalled
  }

  isOpen(now: number): boolean {
    return now - this.#startedAt <= longestMs
  }

  /** Waits for the answer; a stream that has begun is given from its beginning. */
  follow(follower: Follower): Promise<Landing> {
    if (this.#streaming) return Promise.resolve(this.#streamFor(follower, this.#streaming))
    return new Promise((land) => this.#waiting.push({ follower, land }))
  }

  landed(answered: Whole): void {
    this.#landAll(({ follower }) =>
      this.#isFor(follower) ? { kind: 'whole', answered } : { kind: 'again', wasCalled: this.#wasCalled },
    )
  }

  streams(answered: Stream, shared: SharedStream): void {
    const streaming = { answered, shared }
    this.#streaming = streaming
    this.#landAll(({ follower }) => this.#streamFor(follower, streaming))
  }

  /**
   * Tells how the call failed before its first byte. One of those who wait then asks instead, and the others wait for
   * that one: never all of them at once. What would happen again, and what has happened twice, is told to all.
   */
  failed(error: unknown): void {
    const called = this.leader.journey.attempts > 0
    const isTold = called && isProviders(error) && (this.#wasCalled || isForGood(error))
    const landing: Landing = isTold
      ? { kind: 'failed', failure: error }
      : { kind: 'again', wasCalled: this.#wasCalled || called }
    this.#landAll(() => landing)
  }

  #streamFor(follower: Follower, { answered, shared }: { answered: Stream; shared: SharedStream }): Landing {
    if (!this.#isFor(follower)) return { kind: 'again', wasCalled: this.#wasCalled }
    return { kind: 'stream', answered, relay: shared.follow(follower) }
  }

  // An answer that the leader's own budget cut short is not given to a key that may have more left.
  #isFor({ routed }: Follower): boolean {
    const { journey, standing } = this.leader
    return journey.clampedTo === null || routed.standing.record.scopes.keyId === standing.record.scopes.keyId
  }

  #landAll(landingOf: (waiter: Waiter) => Landing): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const waiter of waiting) waiter.land(landingOf(waiter))
  }
}

/** A failure of the call, not of the one who made it: budgets, limits and clients are each one's own. */
const isProviders = (error: unknown): error is Failure =>
  error instanceof Failure && (error.options.source ?? '').startsWith('provider:')

/** What the provider would say to everybody who asks the same. */
const isForGood = ({ kind }: Failure): boolean => kind === 'upstream-refused' || kind === 'invalid'
