import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseUsd, usdText } from './money.ts'

describe('amounts of USD', () => {
  it('reads "0.25" as 250,000,000 nano-USD and "9000000" as the largest limit', () => {
    expect([parseUsd('0.25'), parseUsd('1.005'), parseUsd('9000000'), parseUsd('0.000000001')]).toEqual([
      250_000_000n,
      1_005_000_000n,
      9_000_000_000_000_000n,
      1n,
    ])
  })

  it.each(['1e3', '0x10', '１２', ' 5', '5 ', '+5', '5.', '.5', '5.0000000001', '9000000.000000001', '-0', '', 'NaN'])(
    'refuses %j',
    (text) => {
      expect(parseUsd(text)).toBeUndefined()
    },
  )

  it('writes every amount so that reading it gives it back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 9_000_000_000_000_000n }), (nano) => {
        expect(parseUsd(usdText(nano))).toBe(nano)
      }),
    )
  })

  it('writes nothing as 0.000000000', () => {
    expect(usdText(0n)).toBe('0.000000000')
  })

  it('writes a refund of one nano-USD as -0.000000001', () => {
    expect(usdText(-1n)).toBe('-0.000000001')
  })
})
