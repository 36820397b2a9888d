import { describe, expect, it } from 'vitest'
import { effectiveLimit } from './effective.ts'

const dollars = (amount: number) => BigInt(amount * 100) * 10_000_000n
const team = {
  kind: 'team',
  name: 'Platform',
  period: 'month',
  hard: true,
  limit: dollars(1_000),
  used: dollars(180),
  held: dollars(7.6),
} as const

describe('what a key can spend', () => {
  it('is its own quota while that is the smallest', () => {
    expect(effectiveLimit(dollars(5), [team])).toBe('Can spend up to $5.00 — its own quota is the smallest.')
    expect(effectiveLimit(dollars(5), [])).toBe('Can spend up to $5.00 — its own quota is the only limit.')
  })

  it('is what is left above it where that is less, held money taken off', () => {
    expect(effectiveLimit(dollars(900), [team])).toBe(
      'Can spend up to $812.40 — what is left of the monthly limit of team “Platform” is the smallest.',
    )
    expect(effectiveLimit(null, [{ ...team, used: dollars(2_000) }])).toBe(
      'Can spend up to $0.00 — what is left of the monthly limit of team “Platform” is the smallest.',
    )
  })

  it('is not limited by budgets that only warn', () => {
    expect(effectiveLimit(null, [{ ...team, hard: false }])).toBe(
      'Nothing limits it: it has no quota, and no budget is above it.',
    )
  })
})
