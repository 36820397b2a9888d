import type { NanoUsd } from '@tollkeeper/domain/price'
import type { Instant } from '@tollkeeper/domain/time'

/** What one attempt may cost, of what this process holds of the installation's ceiling. */
export type CeilingShare = {
  /** What it cost; the rest may be spent by others at once. */
  spent(amount: NanoUsd): void
}

/** What this process has, has spent and may spend of the ceiling in one window. */
export class CeilingWindow {
  readonly id: string
  readonly startMs: Instant
  readonly endMs: Instant
  #spent = 0n
  /** Worst cases of attempts that run. */
  #reserved = 0n
  /** Most that may be spent and reserved together: spent when it was reported, and what was held beyond. */
  #cap = 0n
  /** Worst cases taken since the last beat, and how many are usual per beat. */
  #taken = 0n
  #usual = 0n
  /** Whether the latest report was not answered. */
  #unanswered = false

  constructor(window: { id: string; startMs: Instant; endMs: Instant }) {
    this.id = window.id
    this.startMs = window.startMs
    this.endMs = window.endMs
  }

  get left(): NanoUsd {
    return this.#cap - this.#spent - this.#reserved
  }

  /** Whether attempts run on it. */
  get isUsed(): boolean {
    return this.#reserved > 0n
  }

  /** Little enough for more to be asked for before it is needed. */
  get isLow(): boolean {
    return this.left < this.#usual
  }

  take(amount: NanoUsd): CeilingShare | undefined {
    if (amount > this.left) return undefined
    this.#reserved += amount
    this.#taken += amount
    let open = true
    return {
      spent: (actual) => {
        if (!open) return
        open = false
        this.#reserved -= amount
        this.#spent += actual
      },
    }
  }

  /** Notes that another stretch of time is over, so that what is held follows what is used lately. */
  beat(): void {
    // Up at once, down within seconds: what nobody uses here is missing elsewhere.
    this.#usual = this.#taken > this.#usual ? this.#taken : this.#usual / 4n
    this.#taken = 0n
  }

  /** Nothing more is wanted than what runs. */
  rest(): void {
    this.#usual = 0n
    this.#taken = 0n
  }

  /**
   * What to report, and to want for those who wait besides. From now on no more is spent than would be allowed if it was
   * counted, so that it is right whether the report arrives or not.
   */
  report(waiting: NanoUsd): { spent: NanoUsd; wanted: NanoUsd } {
    let wanted = this.#reserved + waiting + this.#usual * 2n + this.#taken
    // While nobody answers, what is held is all there is.
    if (this.#unanswered && this.#spent + wanted < this.#cap) wanted = this.#cap - this.#spent
    this.#unanswered = true
    const cap = this.#spent + wanted
    if (cap < this.#cap) this.#cap = cap
    return { spent: this.#spent, wanted }
  }

  /** The report was counted, and so much may be spent beyond it. */
  granted(report: { spent: NanoUsd }, held: NanoUsd): void {
    this.#cap = report.spent + held
    this.#unanswered = false
  }
}
