import {
  newBreaker,
  tallied,
  type AgedTally,
  type BreakerRules,
  type BreakerState,
  type Tally,
} from '@tollkeeper/domain/breaker'
import type { Instant } from '@tollkeeper/domain/time'
import type { BreakerId } from '@tollkeeper/redis/breaker-states'

const secondOf = (at: Instant): number => Math.floor(at / 1_000)

/** One breaker as this process knows it, and what it has not told the store yet. */
export class Mirror {
  readonly id: BreakerId
  state: BreakerState = newBreaker
  /** Whether the store is being told. */
  isTelling = false
  readonly #rules: BreakerRules
  /** Successes of the present second: counted on the path of every request, so they are gathered. */
  #second = 0
  #answered = 0
  /** By second. */
  #news = new Map<number, Tally>()
  #hasFailures = false

  constructor(id: BreakerId, rules: BreakerRules) {
    this.id = id
    this.#rules = rules
  }

  /** Nothing is counted while it is open: those calls had begun before. */
  answered(at: Instant): void {
    if (this.state.opening) return
    const second = secondOf(at)
    if (second !== this.#second) this.#gather(at)
    this.#answered += 1
  }

  failed(at: Instant): void {
    if (this.state.opening) return
    this.#gather(at)
    this.#add({ age: 0, answered: 0, failed: 1 }, at)
    this.#hasFailures = true
  }

  /** Whether there are failures to tell; what was answered is told with them. */
  get hasNews(): boolean {
    return this.#hasFailures
  }

  /** Takes what is to be told. */
  takeNews(at: Instant): AgedTally[] {
    this.#gather(at)
    const now = secondOf(at)
    const news = [...this.#news].map(([second, tally]) => ({ ...tally, age: Math.max(0, now - second) }))
    this.#forget()
    return news
  }

  /** What the store or another process says of it. What was counted here before it opened or closed is past. */
  adopt(shared: Omit<BreakerState, 'tallies'>): void {
    const hasTurned = (this.state.opening !== null) !== (shared.opening !== null)
    if (hasTurned) this.#forget()
    this.state = { ...shared, tallies: hasTurned ? newBreaker.tallies : this.state.tallies }
  }

  #forget(): void {
    this.#news = new Map()
    this.#hasFailures = false
    this.#answered = 0
  }

  #gather(at: Instant): void {
    const now = secondOf(at)
    if (this.#answered > 0) this.#add({ age: Math.max(0, now - this.#second), answered: this.#answered, failed: 0 }, at)
    this.#answered = 0
    this.#second = now
  }

  #add(tally: AgedTally, at: Instant): void {
    this.state = tallied(this.state, this.#rules, [tally], at)
    const now = secondOf(at)
    for (const second of this.#news.keys()) if (second < now - this.#rules.windowSeconds) this.#news.delete(second)
    const there = this.#news.get(now - tally.age) ?? { answered: 0, failed: 0 }
    this.#news.set(now - tally.age, {
      answered: there.answered + tally.answered,
      failed: there.failed + tally.failed,
    })
  }
}
