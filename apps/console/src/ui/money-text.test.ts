import { describe, expect, it } from 'vitest'
import { axisMoneyText, fullMoneyText, moneyText } from './money-text.ts'

describe('money on the screen', () => {
  it.each([
    ['0', '$0.00'],
    ['1', '<$0.000001'],
    ['999', '<$0.000001'],
    ['1000', '$0.000001'],
    ['183000', '$0.000183'],
    ['1234567', '$0.001235'],
    ['500000000', '$0.50'],
    ['123456789', '$0.1235'],
    ['999949999', '$0.9999'],
    ['999999999', '$1.00'],
    ['1000000000', '$1.00'],
    ['1005000000', '$1.01'],
    ['1234567890000', '$1,234.57'],
    ['9000000000000000', '$9,000,000.00'],
    ['-41200000000', '−$41.20'],
    ['-5', '−<$0.000001'],
  ])('shows %s nano-dollars as %s', (nano, text) => {
    expect(moneyText(nano)).toBe(text)
    expect(moneyText(BigInt(nano))).toBe(text)
  })

  it('keeps every digit where precision is asked for', () => {
    expect([fullMoneyText(183_001n), fullMoneyText('1234500000000'), fullMoneyText(-1n), fullMoneyText(0n)]).toEqual([
      '$0.000183001',
      '$1,234.50',
      '−$0.000000001',
      '$0.00',
    ])
  })

  it('shortens axis labels', () => {
    expect([0, 0.002, 40, 1200, 2_500_000].map(axisMoneyText)).toEqual(['$0', '$0.002', '$40', '$1.2K', '$2.5M'])
  })
})
