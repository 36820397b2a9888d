import type { NanoUsd } from '@tollkeeper/domain/price'

const mostNano = 1_000_000_000n
/** A slice is worth this many requests of the dearer sort. */
const requests = 5n
const remembered = 64

/** The latest amounts that requests of one key had to hold. */
export class RecentAmounts {
  readonly #amounts: NanoUsd[] = []
  #next = 0

  add(amount: NanoUsd): void {
    this.#amounts[this.#next] = amount
    this.#next = (this.#next + 1) % remembered
  }

  /** The amount that 95 of 100 stay below or reach. */
  get p95(): NanoUsd {
    const sorted = this.#amounts.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    return sorted[Math.max(0, Math.ceil(sorted.length * 0.95) - 1)] ?? 0n
  }
}

/**
 * How large a slice should be: five requests, at most 1 % of what is left on the tightest budget, at most $1
 * (money.md 4.7). One that could not pay for a single request would only be in the way of others: then 0.
 * `headroom` null: no budget is hard.
 */
export function sliceSize(usual: NanoUsd, headroom: NanoUsd | null): NanoUsd {
  let size = usual * requests
  if (size > mostNano) size = mostNano
  if (headroom !== null && size > headroom / 100n) size = headroom / 100n
  return size < usual ? 0n : size
}
