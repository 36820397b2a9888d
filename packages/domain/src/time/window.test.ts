import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { budgetPeriods, windowOf } from './window.ts'

const at = (text: string) => Date.parse(text)

describe('budget windows', () => {
  it('gives Helsinki a 23-hour day when its clocks go forward', () => {
    const day = windowOf('day', 'Europe/Helsinki', at('2026-03-29T12:00:00Z'))
    expect([new Date(day.startMs).toISOString(), (day.endMs - day.startMs) / 3_600_000]).toEqual([
      '2026-03-28T22:00:00.000Z',
      23,
    ])
  })

  it('gives Helsinki a 25-hour day when its clocks go back', () => {
    const day = windowOf('day', 'Europe/Helsinki', at('2026-10-25T12:00:00Z'))
    expect((day.endMs - day.startMs) / 3_600_000).toBe(25)
  })

  it('begins the day at 01:00 where midnight is skipped', () => {
    const day = windowOf('day', 'Africa/Cairo', at('2026-04-24T12:00:00Z'))
    expect(new Date(day.startMs).toISOString()).toBe('2026-04-23T22:00:00.000Z')
  })

  it('begins November in Los Angeles at 07:00 UTC and ends it at 08:00 UTC', () => {
    const month = windowOf('month', 'America/Los_Angeles', at('2026-11-21T00:00:00Z'))
    expect([new Date(month.startMs).toISOString(), new Date(month.endMs).toISOString()]).toEqual([
      '2026-11-01T07:00:00.000Z',
      '2026-12-01T08:00:00.000Z',
    ])
  })

  it('begins weeks on Monday', () => {
    const week = windowOf('week', 'UTC', at('2026-11-22T23:59:59Z'))
    expect(new Date(week.startMs).toISOString()).toBe('2026-11-16T00:00:00.000Z')
  })

  it('puts every instant in exactly one window of each period, and windows join without gaps', () => {
    const zones = [
      'Europe/Helsinki',
      'America/Los_Angeles',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'America/Sao_Paulo',
      'Asia/Kathmandu',
      'Pacific/Apia',
      'Africa/Cairo',
      'UTC',
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom(...budgetPeriods.filter((period) => period !== 'all')),
        fc.integer({ min: at('2024-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') }),
        (zone, period, instant) => {
          const window = windowOf(period, zone, instant)
          expect(window.startMs <= instant && instant < window.endMs).toBe(true)
          expect(windowOf(period, zone, window.startMs)).toEqual(window)
          expect(windowOf(period, zone, window.endMs - 1)).toEqual(window)
          expect(windowOf(period, zone, window.endMs).startMs).toBe(window.endMs)
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
