import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costOf, outputThatFits, worstCase } from './cost.ts'
import type { Price, TokenCounts } from './price.ts'

/** $0.15 and $0.60 per million tokens, cached input at half. */
const small: Price = {
  version: 'test:1',
  rates: { inputUncached: 150_000n, inputCacheRead: 75_000n, outputText: 600_000n },
  tiers: [],
}

/** $3 / $15 up to 200,000 input tokens, twice that for the whole request beyond. */
const tiered: Price = {
  version: 'test:2',
  rates: { inputUncached: 3_000_000n, outputText: 15_000_000n },
  tiers: [{ aboveInputTokens: 200_000, rates: { inputUncached: 6_000_000n, outputText: 22_500_000n } }],
}

const price = fc.record({
  version: fc.constant('random'),
  rates: fc.record({
    inputUncached: fc.bigInt(0n, 100_000_000n),
    inputCacheRead: fc.bigInt(0n, 100_000_000n),
    outputText: fc.bigInt(0n, 200_000_000n),
  }),
  tiers: fc
    .array(
      fc.record({
        aboveInputTokens: fc.integer({ min: 1, max: 300_000 }),
        rates: fc.record({ inputUncached: fc.bigInt(0n, 100_000_000n), outputText: fc.bigInt(0n, 200_000_000n) }),
      }),
      { maxLength: 2 },
    )
    .map((tiers) => tiers.toSorted((a, b) => a.aboveInputTokens - b.aboveInputTokens)),
})
const count = fc.integer({ min: 0, max: 400_000 })

describe('the cost of an attempt', () => {
  it('is 75 nano-USD for one cached token at $0.075 per million', () => {
    expect(costOf({ inputCacheRead: 1 }, small)).toBe(75n)
  })

  it('is $0.0000585 for 150 tokens in and 60 out at $0.15 and $0.60 per million', () => {
    expect(costOf({ inputUncached: 150, outputText: 60 }, small)).toBe(58_500n)
  })

  it('reprices the whole request when its input passes 200,000 tokens', () => {
    expect([
      costOf({ inputUncached: 200_000, outputText: 1 }, tiered),
      costOf({ inputUncached: 200_001, outputText: 1 }, tiered),
    ]).toEqual([600_015_000n, 1_200_028_500n])
  })

  it('is unknown, not zero, for a class without a price', () => {
    expect(costOf({ audioOut: 1 }, small)).toBeUndefined()
  })

  it('is at most 600,000 nano-USD for 1,000 tokens in, at whatever class is dearest, and 500 out', () => {
    const rates = { inputUncached: 100n, inputCacheRead: 50n, outputText: 600_000n }
    const dear = (over: Price['rates']): Price => ({ version: 'v', rates: { ...rates, ...over }, tiers: [] })
    const bound = { input: 1_000, output: 500 }
    for (const name of ['inputUncached', 'inputCacheRead', 'inputCacheWrite5m', 'inputCacheWrite1h'] as const) {
      expect(worstCase(bound, dear({ [name]: 300_000n }))).toBe(600_000n)
    }
  })

  it('is bounded by the only class of input that has a price', () => {
    const cached: Price = { version: 'v', rates: { inputCacheRead: 2_000n, outputText: 1_000n }, tiers: [] }
    expect(worstCase({ input: 10, output: 10 }, cached)).toBe(30n)
  })

  it('has no bound where input or output has no price', () => {
    const onlyIn: Price = { version: 'v', rates: { inputUncached: 1n }, tiers: [] }
    const onlyOut: Price = { version: 'v', rates: { outputText: 1n }, tiers: [] }
    for (const price of [onlyIn, onlyOut]) {
      expect(worstCase({ input: 1, output: 1 }, price)).toBeUndefined()
      expect(outputThatFits(1, price, 1_000_000n, 10)).toBeUndefined()
    }
  })

  it('needs no price of output where nothing is written', () => {
    const reads = { version: 'test:3', rates: { inputUncached: 20_000n }, tiers: [] }
    expect(worstCase({ input: 8, output: 0 }, reads)).toBe(160n)
    expect(worstCase({ input: 8, output: 1 }, reads)).toBeUndefined()
    expect(worstCase({ input: 8, output: 0 }, { ...reads, rates: { outputText: 1n } })).toBeUndefined()
  })

  it('is bounded by the tier that the input reaches, or by the one before where that is dearer', () => {
    expect([
      worstCase({ input: 200_000, output: 1 }, tiered),
      worstCase({ input: 200_001, output: 1 }, tiered),
    ]).toEqual([600_015_000n, 1_200_028_500n])
    const cheaper: Price = { ...tiered, tiers: [{ aboveInputTokens: 10, rates: { inputUncached: 1_000_000n } }] }
    expect(worstCase({ input: 20, output: 1 }, cheaper)).toBe(75_000n)
  })

  it('never exceeds the worst case of its bounds', () => {
    fc.assert(
      fc.property(price, count, count, count, count, (book, uncached, cached, output, slack) => {
        const tokens: TokenCounts = { inputUncached: uncached, inputCacheRead: cached, outputText: output }
        const bound = worstCase({ input: uncached + cached + slack, output }, book)
        expect(costOf(tokens, book)! <= bound!).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('rounds up by less than one nano-USD per attempt', () => {
    fc.assert(
      fc.property(count, count, count, count, (a, b, c, d) => {
        const one = costOf({ inputUncached: a, outputText: b }, small)!
        const two = costOf({ inputUncached: c, outputText: d }, small)!
        const both = costOf({ inputUncached: a + c, outputText: b + d }, small)!
        expect(both <= one + two && one + two <= both + 1n).toBe(true)
      }),
    )
  })
})
