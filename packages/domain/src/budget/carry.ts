import type { NanoUsd } from '../price/index.ts'

/**
 * What is carried from a window that is over into the next one: what was neither spent nor is held there any more, at
 * most `cap`. A hold that settles below its amount lets it grow afterwards; it never shrinks, so what was once said to be
 * there stays. `limit` is without what was carried into that window or raised in it: neither is carried on.
 */
export function carryOf(over: { limit: NanoUsd; used: NanoUsd; held: NanoUsd }, cap: NanoUsd): NanoUsd {
  const left = over.limit - over.used - over.held
  if (left <= 0n) return 0n
  return left < cap ? left : cap
}
