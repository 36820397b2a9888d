import { z } from 'zod'
import { instantOf, offsetOf, wallOf, type Instant, type Wall } from './zone.ts'

export const budgetPeriods = ['hour', 'day', 'week', 'month', 'all'] as const
export type BudgetPeriod = (typeof budgetPeriods)[number]
export const budgetPeriod = z.enum(budgetPeriods)

/** One stretch of a budget period: from `startMs` (inclusive) to `endMs` (exclusive). The id grows with time within a period and zone. */
export type BudgetWindow = { id: string; startMs: Instant; endMs: Instant }

/** Beyond any clock; a digit string that Lua reads exactly. */
const endOfTime = 8_640_000_000_000_000
const hourMs = 3_600_000

const idOf = (period: BudgetPeriod, startMs: Instant): string => `${period.charAt(0)}${startMs / 1000}`

const dayOf = (wall: Wall, days: number): Wall => {
  const date = new Date(Date.UTC(wall.year, wall.month - 1, wall.day + days))
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: 0,
    minute: 0,
    second: 0,
  }
}

/**
 * The window of `period` that contains `at`, by the calendar of an IANA zone: days begin at local midnight (or at the
 * clock change that skips it), weeks on Monday, months on the 1st. Hours are 60 minutes long and aligned to the local
 * clock, so that a repeated hour is two windows.
 */
export function windowOf(period: BudgetPeriod, zone: string, at: Instant): BudgetWindow {
  if (period === 'all') return { id: 'a0', startMs: 0, endMs: endOfTime }
  if (period === 'hour') {
    const offset = offsetOf(zone, at)
    const startMs = Math.floor((at + offset) / hourMs) * hourMs - offset
    return { id: idOf(period, startMs), startMs, endMs: startMs + hourMs }
  }
  const wall = wallOf(zone, at)
  let first: Wall
  let next: Wall
  if (period === 'month') {
    first = { ...wall, day: 1, hour: 0, minute: 0, second: 0 }
    next = dayOf({ ...wall, month: wall.month + 1, day: 1 }, 0)
  } else if (period === 'week') {
    const weekday = (new Date(Date.UTC(wall.year, wall.month - 1, wall.day)).getUTCDay() + 6) % 7
    first = dayOf(wall, -weekday)
    next = dayOf(wall, 7 - weekday)
  } else {
    first = dayOf(wall, 0)
    next = dayOf(wall, 1)
  }
  const startMs = instantOf(zone, first)
  return { id: idOf(period, startMs), startMs, endMs: instantOf(zone, next) }
}
