import { createHash } from 'node:crypto'

/** A stream of chance that is the same for the same seed. Good enough for a demo, for nothing else. */
export type Random = {
  /** From 0 (inclusive) to 1 (exclusive). */
  unit(): number
  between(low: number, high: number): number
  /** Whole number from `low` to `high`, both inclusive. */
  whole(low: number, high: number): number
  chance(probability: number): boolean
  pick<T>(choices: readonly T[]): T
  /** Picks by weight. */
  weighted<T>(choices: readonly (readonly [choice: T, weight: number])[]): T
  /** Log-normal: half of the values are below `median`; a larger `spread` makes a longer tail. */
  skewed(median: number, spread: number): number
  bytes(count: number): Uint8Array
}

/** The stream of a seed and of what it is for: each person and day has its own, so that one change moves no other. */
export function randomOf(seed: number, ...purpose: readonly (string | number)[]): Random {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, ...purpose]))
    .digest()
  let [a, b, c, d] = [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8), digest.readUInt32LE(12)]
  // sfc32: small, fast, and without short cycles.
  const next = (): number => {
    const sum = (a + b + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return sum >>> 0
  }
  const unit = () => next() / 4_294_967_296
  const random: Random = {
    unit,
    between: (low, high) => low + unit() * (high - low),
    whole: (low, high) => low + Math.floor(unit() * (high - low + 1)),
    chance: (probability) => unit() < probability,
    pick: (choices) => {
      const choice = choices[Math.floor(unit() * choices.length)]
      if (choice === undefined) throw new Error('Nothing to pick from')
      return choice
    },
    weighted: (choices) => {
      let left = unit() * choices.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [choice, weight] of choices) {
        left -= weight
        if (left < 0) return choice
      }
      return random.pick(choices)[0]
    },
    skewed: (median, spread) => {
      const normal = Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit())
      return median * Math.exp(spread * normal)
    },
    bytes: (count) => Uint8Array.from({ length: count }, () => next() & 0xff),
  }
  for (let round = 0; round < 12; round += 1) next()
  return random
}
