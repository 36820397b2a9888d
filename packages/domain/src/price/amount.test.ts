import { expect, it } from 'vitest'
import { amountOf, maxHoldNano, type Price } from './index.ts'

/** $0.15 input, $0.20 cache writes for five minutes, $0.60 output, each per million tokens; other classes have no price. */
const price: Price = {
  version: 'test:1',
  rates: { inputUncached: 150_000n, inputCacheWrite5m: 200_000n, outputText: 600_000n },
  tiers: [],
}

it('charges 100 tokens in and 10 out 21,000 nano-USD', () => {
  expect(amountOf({ inputUncached: 100, outputText: 10 }, price)).toBe(21_000n)
})

it('charges input of a class without a price as the dearest input, on top of what is there of that', () => {
  // 100 × 150 + (3 + 20 + 5) × 200 + 10 × 600 nano-USD
  const tokens = { inputUncached: 100, inputCacheWrite5m: 3, inputCacheRead: 20, imageIn: 5, outputText: 10 }
  expect(amountOf(tokens, price)).toBe(26_600n)
  expect(amountOf({ audioIn: 7 }, price)).toBe(1_400n)
})

it('finds the dearest input wherever it stands among the classes', () => {
  const first: Price = { version: 'test:2', rates: { inputUncached: 9_000n, inputCacheRead: 1_000n }, tiers: [] }
  expect(amountOf({ inputUncached: 1, inputCacheRead: 1, inputCacheWrite1h: 10 }, first)).toBe(100n)
  const cached: Price = { version: 'test:3', rates: { inputCacheRead: 2_000n, inputCacheWrite1h: 4_000n }, tiers: [] }
  expect(amountOf({ inputUncached: 10 }, cached)).toBe(40n)
})

it('charges input nothing where all that has a price is free', () => {
  const free: Price = { version: 'test:5', rates: { inputCacheRead: 0n, outputText: 1_000n }, tiers: [] }
  expect(amountOf({ inputUncached: 5, outputText: 2 }, free)).toBe(2n)
})

it('charges the most that one hold carries where nothing can be said: output, or all input, without a price', () => {
  expect(amountOf({ audioOut: 1 }, price)).toBe(maxHoldNano)
  const outputOnly: Price = { version: 'test:4', rates: { outputText: 600_000n }, tiers: [] }
  expect(amountOf({ inputCacheRead: 10, outputText: 1 }, outputOnly)).toBe(999_999_999_999_999n)
})

it('charges no more than one hold carries, whatever a provider reports', () => {
  expect(amountOf({ outputText: 1_666_666_666_665 }, price)).toBe(999_999_999_999_000n)
  expect(amountOf({ outputText: 1_666_666_666_667 }, price)).toBe(999_999_999_999_999n)
})
