import { describe, expect, it } from 'vitest'
import { rangeText, type RangeText } from './inputs.ts'
import { resolveRange } from './range.ts'

const at = (text: string): number => Date.parse(text)
const text = (instant: number): string => new Date(instant).toISOString().replace('.000Z', 'Z')

function resolved(range: RangeText, zone: string, now: string): string[] {
  const { from, to, previous } = resolveRange(range, zone, at(now))
  return [from, to, previous.from, previous.to].map(text)
}

describe('a range of the URL', () => {
  it('is whole days of the zone, compared with equally many days as far into the last one', () => {
    expect(resolved('7d', 'UTC', '2026-11-21T10:20:00Z')).toEqual([
      '2026-11-15T00:00:00Z',
      '2026-11-22T00:00:00Z',
      '2026-11-08T00:00:00Z',
      '2026-11-14T11:00:00Z',
    ])
    expect(resolved('today', 'Asia/Kolkata', '2026-11-21T20:00:00Z')).toEqual([
      '2026-11-21T18:30:00Z',
      '2026-11-22T18:30:00Z',
      '2026-11-20T18:30:00Z',
      '2026-11-20T20:30:00Z',
    ])
  })

  it('compares this month with the same days of the month before, and the 31st with the end of a shorter one', () => {
    expect(resolved('month', 'Europe/Helsinki', '2026-11-21T10:20:00Z')).toEqual([
      '2026-10-31T22:00:00Z',
      '2026-11-21T22:00:00Z',
      '2026-09-30T21:00:00Z',
      '2026-10-21T10:00:00Z',
    ])
    expect(resolved('month', 'UTC', '2026-03-31T10:00:00Z').slice(2)).toEqual([
      '2026-02-01T00:00:00Z',
      '2026-03-01T00:00:00Z',
    ])
    expect(resolved('month', 'UTC', '2026-11-30T23:30:00Z').slice(2)).toEqual([
      '2026-10-01T00:00:00Z',
      '2026-11-01T00:00:00Z',
    ])
  })

  it('has days of 23 and 25 hours where the clock changes', () => {
    expect(resolved('2026-10-25..2026-10-25', 'Europe/Helsinki', '2026-11-21T10:00:00Z').slice(0, 2)).toEqual([
      '2026-10-24T21:00:00Z',
      '2026-10-25T22:00:00Z',
    ])
    expect(resolved('last-month', 'Europe/Helsinki', '2026-11-21T10:00:00Z')).toEqual([
      '2026-09-30T21:00:00Z',
      '2026-10-31T22:00:00Z',
      '2026-08-31T21:00:00Z',
      '2026-09-30T21:00:00Z',
    ])
  })

  it('ends today, however far ahead it is asked for', () => {
    expect(resolved('2026-11-20..2026-12-24', 'UTC', '2026-11-21T10:00:00Z').slice(0, 2)).toEqual([
      '2026-11-20T00:00:00Z',
      '2026-11-22T00:00:00Z',
    ])
  })

  it.each([
    '2026-02-30..2026-03-01',
    '2026-11-21..2026-11-20',
    '2020-01-01..2026-01-01',
    '1999-01-01..1999-01-02',
    '2026-11-01',
    '30 days',
    '',
  ])('cannot be "%s"', (range) => {
    expect(rangeText.safeParse(range).success).toBe(false)
  })
})
