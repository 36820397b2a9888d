import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { windowOf, type BudgetWindow } from '../time/index.ts'
import { budget, budgetAt, carryOf } from './index.ts'

const zones = [
  'UTC',
  'Europe/Helsinki',
  'America/New_York',
  'America/St_Johns',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
  'America/Sao_Paulo',
  'Africa/Cairo',
  'Antarctica/Troll',
]

const daily = budget.parse({
  id: 'bud_1',
  scope: { kind: 'team', id: 'team_1', name: 'Data' },
  period: 'day',
  limit: '100',
  mode: 'hard',
  sharing: 'pool',
  version: 1,
  opening: null,
})

describe('what is carried over', () => {
  it.each([
    ['the unused part', { limit: 100n, used: 70n, held: 0n }, 50n, 30n],
    ['at most the cap', { limit: 100n, used: 10n, held: 0n }, 50n, 50n],
    ['nothing that is still held', { limit: 100n, used: 70n, held: 20n }, 50n, 10n],
    ['nothing after spending exactly the limit', { limit: 100n, used: 100n, held: 0n }, 50n, 0n],
    ['nothing after spending more than the limit', { limit: 100n, used: 120n, held: 0n }, 50n, 0n],
  ])('is %s', (_, over, cap, expected) => {
    expect(carryOf(over, cap)).toBe(expected)
  })

  it.each(zones)('lets a year in %s spend no more than its limits, and carries nothing twice', (zone) => {
    const windows: BudgetWindow[] = []
    const end = Date.parse('2027-01-01T00:00:00Z')
    for (let at = Date.parse('2026-01-01T00:00:00Z'); at < end; at = windows.at(-1)?.endMs ?? end) {
      windows.push(windowOf('day', zone, at))
    }
    const share = fc.record({ spent: fc.nat(100), held: fc.nat(30) })
    const shares = fc.array(share, { minLength: windows.length, maxLength: windows.length })
    fc.assert(
      fc.property(shares, fc.bigInt({ min: 0n, max: 150n }), (days, cap) => {
        let carry = 0n
        let spent = 0n
        for (const [i, window] of windows.entries()) {
          const day = days[i] ?? { spent: 0, held: 0 }
          const of = { ...daily, version: i + 1, carried: [{ subject: null, window: window.id, amount: carry }] }
          const { limit } = budgetAt(of, { subject: null, window }, window.startMs).budget
          expect(limit).toBe(100n + carry)
          const all = (limit * BigInt(day.spent)) / 100n
          const held = (all * BigInt(day.held)) / 100n
          spent += all
          // Some of it was still held when the carry was computed; settling in full changes nothing afterwards.
          carry = carryOf({ limit: 100n, used: all - held, held }, cap)
          expect(carry <= cap).toBe(true)
          expect(spent + carry <= 100n * BigInt(i + 1)).toBe(true)
        }
      }),
      { numRuns: 20 },
    )
  })
})
