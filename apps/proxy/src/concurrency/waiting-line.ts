/**
 * Those who wait for a turn. While few wait the first is served first; when many do the newest is, since the oldest are
 * nearly out of time and serving them would make everybody late.
 */
export class WaitingLine<Waiter> {
  readonly #fairUpTo: number
  readonly #gone = new Set<Waiter>()
  #waiters: Waiter[] = []
  #first = 0

  /** `fairUpTo`: how many may wait before the newest is served first. */
  constructor(fairUpTo: number) {
    this.#fairUpTo = fairUpTo
  }

  get size(): number {
    return this.#waiters.length - this.#first - this.#gone.size
  }

  add(waiter: Waiter): void {
    this.#waiters.push(waiter)
  }

  /** Takes the next one out; undefined when nobody waits. */
  next(): Waiter | undefined {
    while (this.#first < this.#waiters.length) {
      const waiter = this.size > this.#fairUpTo ? this.#waiters.pop() : this.#waiters[this.#first++]
      if (this.#first > 1_000) {
        this.#waiters = this.#waiters.slice(this.#first)
        this.#first = 0
      }
      if (waiter !== undefined && !this.#gone.delete(waiter)) return waiter
    }
    return undefined
  }

  /** Puts one back that was taken out and had no luck: it is next again. */
  putBack(waiter: Waiter): void {
    if (this.size + 1 > this.#fairUpTo) this.#waiters.push(waiter)
    else if (this.#first > 0) this.#waiters[--this.#first] = waiter
    else this.#waiters.unshift(waiter)
  }

  /** Takes one out that is in the line and does not wait any more. */
  leave(waiter: Waiter): void {
    this.#gone.add(waiter)
  }
}
