import { expect, it } from 'vitest'
import { reratedAmount, type Price } from './index.ts'

const price: Price = {
  version: 'override:price_2',
  rates: { inputUncached: 2_000_000n, inputCacheRead: 500_000n, outputText: 8_000_000n },
  tiers: [],
}

it('charges 1,000 tokens in and 100 out at $2 and $8 per million $0.0028, rounded up once', () => {
  const charge = {
    tokens: { inputUncached: 1_000, outputText: 100 },
    source: 'reported',
    amount: 9n,
    hold: 9n,
  } as const
  expect(reratedAmount(charge, price)).toBe(2_800_000n)
  const cheap = { ...price, rates: { ...price.rates, inputUncached: 1n, outputText: 1n } }
  expect(reratedAmount(charge, cheap)).toBe(2n)
})

it('leaves alone what nobody knows the usage of, or what the price has no rate for', () => {
  const hold = 5_000n
  const tokens = { inputUncached: 10, outputText: 5 }
  expect(reratedAmount({ tokens: {}, source: 'held', amount: hold, hold }, price)).toBeNull()
  expect(reratedAmount({ tokens, source: 'estimated', amount: hold, hold }, price)).toBeNull()
  expect(reratedAmount({ tokens: {}, source: 'estimated', amount: 700n, hold }, price)).toBeNull()
  expect(reratedAmount({ tokens: { audioOut: 5 }, source: 'reported', amount: 700n, hold }, price)).toBeNull()
  expect(reratedAmount({ tokens: { inputCacheWrite5m: 5 }, source: 'reported', amount: 700n, hold }, price)).toBe(
    10_000n,
  )
  expect(reratedAmount({ tokens: {}, source: 'reported', amount: 0n, hold }, price)).toBe(0n)
})
