import { expect, it } from 'vitest'
import { nanoUsdText, priceText, priceToText, usdInput, type Price } from './index.ts'

const price: Price = {
  version: 'book:7',
  rates: {
    inputUncached: 3_000_000n,
    inputCacheRead: 300_000n,
    inputCacheWrite5m: 3_750_000n,
    inputCacheWrite1h: 6_000_000n,
    outputText: 15_000_000n,
    audioIn: 1n,
    audioOut: 2n,
    imageIn: 3n,
    imageOut: 999_999_999_999_999_999n,
  },
  tiers: [{ aboveInputTokens: 200_000, rates: { inputUncached: 6_000_000n } }],
}

it('sends a price of every class through JSON and back without losing a pico-USD', () => {
  expect(priceText.parse(JSON.parse(JSON.stringify(priceToText(price))))).toEqual(price)
})

it.each(['-1', '1e6', '1.5', '', ' 1', '1 ', '1234567890123456789', 3])('refuses %j as a price per token', (rate) => {
  expect(priceText.safeParse({ version: 'v', rates: { outputText: rate }, tiers: [] }).success).toBe(false)
})

it('refuses a class of tokens that nobody charges for, a tier below 0, and a price without a version', () => {
  const texts = [
    { version: 'v', rates: { wishes: '1' }, tiers: [] },
    { version: 'v', rates: {}, tiers: [{ aboveInputTokens: -1, rates: {} }] },
    { rates: {}, tiers: [] },
    { version: 'v', rates: {}, tiers: [{ aboveInputTokens: 5 }] },
  ]
  expect(texts.map((text) => priceText.safeParse(text).success)).toEqual([false, false, false, false])
})

it('reads nano-USD from a string of digits and from nothing else', () => {
  expect([nanoUsdText.parse('-42'), nanoUsdText.parse('9000000000000000000')]).toEqual([
    -42n,
    9_000_000_000_000_000_000n,
  ])
  for (const text of ['x1', '1x', '--1', '1.0', '', '12345678901234567890', 5]) {
    expect(nanoUsdText.safeParse(text).success).toBe(false)
  }
})

it('reads " 0.25 " as a person types it, and says what an amount looks like otherwise', () => {
  expect(usdInput.parse(' 0.25 ')).toBe(250_000_000n)
  expect(usdInput.parse('0')).toBe(0n)
  expect(usdInput.safeParse('a dollar').error?.issues).toMatchObject([
    { code: 'custom', message: 'Enter an amount in USD such as 5 or 0.25, at most 9,000,000' },
  ])
})
