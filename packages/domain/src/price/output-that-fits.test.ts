import fc from 'fast-check'
import { expect, it } from 'vitest'
import { outputThatFits, worstCase, type Price } from './index.ts'

const price: Price = {
  version: 'v1',
  rates: { inputUncached: 150_000n, inputCacheRead: 75_000n, outputText: 600_000n },
  tiers: [{ aboveInputTokens: 1_000, rates: { inputUncached: 300_000n } }],
}

it('pays 10 output tokens with what is left after 100 input tokens', () => {
  // 100 × 150 nano + 10 × 600 nano
  expect(outputThatFits(100, price, 21_000n, 5_000)).toBe(10)
  expect(outputThatFits(100, price, 20_999n, 5_000)).toBe(9)
  expect(outputThatFits(100, price, 14_999n, 5_000)).toBeUndefined()
})

it('pays no output token, but the input, with exactly what the input costs', () => {
  expect(outputThatFits(100, price, 15_000n, 5_000)).toBe(0)
})

it('gives what was asked for where far more would fit', () => {
  expect(outputThatFits(1, price, 1_000_000n, 16)).toBe(16)
})

it('gives what fits at the dearest of the tiers that the input reaches', () => {
  const dearEarly: Price = { ...price, rates: { ...price.rates, outputText: 900_000n } }
  const tiers = [{ aboveInputTokens: 1_000, rates: { outputText: 300_000n } }]
  // 2,000 × 150 + 10 × 900 nano
  expect(outputThatFits(2_000, { ...dearEarly, tiers }, 309_000n, 5_000)).toBe(10)
})

it('never gives more than was asked for, also where output is free', () => {
  const free = { ...price, rates: { ...price.rates, outputText: 0n } }
  expect(outputThatFits(1, free, 1_000n, 16)).toBe(16)
})

it('gives the most that fits: one token more would not', () => {
  const tokens = fc.integer({ min: 0, max: 5_000 })
  fc.assert(
    fc.property(tokens, fc.bigInt({ min: 0n, max: 5_000_000n }), (input, left) => {
      const output = outputThatFits(input, price, left, 100_000)
      if (output === undefined) {
        expect(worstCase({ input, output: 0 }, price)).toBeGreaterThan(left)
        return
      }
      expect(worstCase({ input, output }, price)).toBeLessThanOrEqual(left)
      if (output < 100_000) expect(worstCase({ input, output: output + 1 }, price)).toBeGreaterThan(left)
    }),
  )
})
