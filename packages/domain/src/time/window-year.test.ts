import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { windowOf, type BudgetPeriod, type BudgetWindow } from './window.ts'

/** With clocks that change by an hour, by half an hour, at midnight, in the south, in the month of fasting, and never. */
const zones = [
  'UTC',
  'Europe/Helsinki',
  'Europe/London',
  'America/New_York',
  'America/Los_Angeles',
  'America/Santiago',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
] as const
const periods: readonly BudgetPeriod[] = ['hour', 'day', 'week', 'month']
const from = Date.parse('2026-01-01T00:00:00Z')
const to = Date.parse('2027-01-01T00:00:00Z')

/** Every window of a period that touches the year, in order. */
function yearOf(period: BudgetPeriod, zone: string): BudgetWindow[] {
  const windows: BudgetWindow[] = []
  for (let at = from; at < to; at = windows.at(-1)?.endMs ?? to) windows.push(windowOf(period, zone, at))
  return windows
}

const hours = (window: BudgetWindow): number => (window.endMs - window.startMs) / 3_600_000

describe.each(zones)('a year of budget windows in %s', (zone) => {
  const year = new Map(periods.map((period) => [period, yearOf(period, zone)]))

  it('joins without a gap or an overlap, and never goes back', () => {
    for (const windows of year.values()) {
      const joints = windows.slice(1).map((window, i) => [windows[i]?.endMs, window.startMs] as const)
      expect(joints.filter(([end, start]) => end !== start)).toEqual([])
      expect(new Set(windows.map(({ id }) => id)).size).toBe(windows.length)
    }
    expect(year.get('month')?.length).toBeLessThanOrEqual(13)
    expect(new Set(year.get('day')?.map(hours))).toSatisfy((lengths: Set<number>) =>
      [...lengths].every((length) => length >= 23 && length <= 25),
    )
  })

  it('has every attempt in exactly one window of each period', () => {
    fc.assert(
      fc.property(fc.integer({ min: from, max: to - 1 }), fc.constantFrom(...periods), (at, period) => {
        const containing = (year.get(period) ?? []).filter(({ startMs, endMs }) => startMs <= at && at < endMs)
        expect(containing).toEqual([windowOf(period, zone, at)])
      }),
      { numRuns: 400 },
    )
  })
})

it('ends the hour in which the clock of Lord Howe goes half an hour forward at that moment', () => {
  // 02:00 becomes 02:30 on 4 October 2026, at 15:30 UTC.
  const change = Date.parse('2026-10-03T15:30:00Z')
  const before = windowOf('hour', 'Australia/Lord_Howe', change - 1)
  const after = windowOf('hour', 'Australia/Lord_Howe', change)
  expect([hours(before), before.endMs - change, after.startMs - change, hours(after)]).toEqual([1, 0, 0, 0.5])
})
