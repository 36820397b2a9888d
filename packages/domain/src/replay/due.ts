import type { Instant } from '../time/index.ts'

/** Things that come due, soonest first: a binary heap. */
export type Due<T> = {
  add(at: Instant, what: T): void
  /** Takes the soonest that is due at `at` or earlier. */
  take(at: Instant): T | undefined
  readonly size: number
}

export function makeDue<T>(): Due<T> {
  const heap: { at: Instant; what: T }[] = []
  const at = (i: number): Instant => heap[i]?.at ?? Number.POSITIVE_INFINITY
  const swap = (i: number, j: number) => {
    const [a, b] = [heap[i], heap[j]]
    if (a && b) [heap[i], heap[j]] = [b, a]
  }
  return {
    add(when, what) {
      heap.push({ at: when, what })
      let i = heap.length - 1
      while (i > 0) {
        const parent = (i - 1) >> 1
        if (at(parent) <= at(i)) break
        swap(i, parent)
        i = parent
      }
    },
    take(now) {
      const first = heap[0]
      if (!first || first.at > now) return undefined
      const last = heap.pop()
      if (last && heap.length > 0) heap[0] = last
      let i = 0
      for (;;) {
        const [left, right] = [2 * i + 1, 2 * i + 2]
        const least = at(right) < at(left) ? right : left
        if (at(least) >= at(i)) break
        swap(i, least)
        i = least
      }
      return first.what
    },
    get size() {
      return heap.length
    },
  }
}
