import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bucketAt, bucketWaitMs, correctBucket, takeFromBucket } from './token-bucket.ts'

/** Tokens, tokens per second. */
const rule = (capacity: number, perSecond: number) => ({
  capacity: capacity * 1_000_000,
  refillPerMs: Math.round(perSecond * 1_000),
})
const tokens = (level: number) => level * 1_000_000

describe('a token bucket', () => {
  it('starts full and refills 5 tokens per second', () => {
    const empty = takeFromBucket(undefined, rule(1_000, 5), 1_000, 0)
    expect(bucketAt(empty, rule(1_000, 5), 2_000)).toEqual({ level: tokens(10), at: 2_000 })
    expect(bucketWaitMs(empty, rule(1_000, 5), 30, 2_000)).toBe(4_000)
  })

  it('refills a thousandth of a token per second exactly', () => {
    const empty = takeFromBucket(undefined, rule(10, 0.001), 10, 0)
    expect(bucketWaitMs(empty, rule(10, 0.001), 1, 0)).toBe(1_000_000)
  })

  it('never holds more than its capacity, however long it rests', () => {
    const empty = takeFromBucket(undefined, rule(1_000_000_000, 1_000_000_000), 1, 0)
    expect(bucketAt(empty, rule(1_000_000_000, 1_000_000_000), 1_790_000_000_000).level).toBe(tokens(1_000_000_000))
  })

  it('is clamped by a lower capacity and gains nothing by a higher one', () => {
    const state = { level: tokens(80), at: 0 }
    expect(bucketAt(state, rule(50, 0), 1_000).level).toBe(tokens(50))
    expect(bucketAt(state, rule(500, 0), 1_000).level).toBe(tokens(80))
  })

  it('goes into debt when an answer is longer than estimated, and lets nothing pass until that is repaid', () => {
    const debt = correctBucket({ level: tokens(5), at: 0 }, rule(100, 1), 20)
    expect(debt.level).toBe(tokens(-15))
    expect(bucketWaitMs(debt, rule(100, 1), 1, 0)).toBe(16_000)
    expect(bucketWaitMs(debt, rule(100, 1), 0, 0)).toBe(0)
  })

  it('never pays for more than its capacity, and without refill never for more than is there', () => {
    expect(bucketWaitMs(undefined, rule(100, 1), 101, 0)).toBeNull()
    expect(bucketWaitMs({ level: tokens(5), at: 0 }, rule(100, 0), 6, 0)).toBeNull()
  })

  it('does not refill twice when the clock goes back and forth', () => {
    const empty = takeFromBucket(undefined, rule(100, 1), 100, 10_000)
    const back = takeFromBucket(empty, rule(100, 1), 0, 1_000)
    expect(bucketAt(back, rule(100, 1), 12_000).level).toBe(tokens(2))
  })

  it('tells exactly how long to wait', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -5_000_000, max: 100_000_000 }),
        fc.integer({ min: 1, max: 20_000 }),
        fc.integer({ min: 1, max: 100 }),
        (level, refillPerMs, need) => {
          const rule = { capacity: 100_000_000, refillPerMs }
          const wait = bucketWaitMs({ level, at: 0 }, rule, need, 0) ?? -1
          expect(bucketWaitMs({ level, at: 0 }, rule, need, wait)).toBe(0)
          if (wait > 0) expect(bucketWaitMs({ level, at: 0 }, rule, need, wait - 1)).toBe(1)
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
