/** Chance from a seed: the same seed gives the same numbers everywhere. */
export type Chance = {
  /** A whole number from 0 to below `below`. */
  below: (below: number) => number
  /** True so many times in a hundred. */
  percent: (percent: number) => boolean
  pick: <T>(list: readonly T[]) => T | undefined
}

/** Mulberry32: 32 bits of state are enough for some thousand numbers of one history. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return { below, percent: (percent) => next() * 100 < percent, pick: (list) => list[below(list.length)] }
}
