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

/** Whether hours are aligned in another way at `instant` than with `offset`. */
const shifts = (zone: string, instant: Instant, offset: number): boolean =>
  (offsetOf(zone, instant) - offset) % hourMs !== 0

/** The first instant after `from` at which the zone's offset is another; there is one within the hour. */
function changeAfter(zone: string, from: Instant): Instant {
  const before = offsetOf(zone, from)
  let [same, other] = [from, from + hourMs]
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2)
    if (offsetOf(zone, middle) === before) same = middle
    else other = middle
  }
  return other
}

/**
 * The window of `period` that contains `at`, by the calendar of an IANA zone: days begin at local midnight (or at the
 * clock change that skips it), weeks on Monday, months on the 1st. Hours are 60 minutes long and aligned to the local
 * clock, so that a repeated hour is two windows; where the clock changes by half an hour, the window it interrupts ends
 * there, or an instant would be in two.
 */
export function windowOf(period: BudgetPeriod, zone: string, at: Instant): BudgetWindow {
  if (period === 'all') return { id: 'a0', startMs: 0, endMs: endOfTime }
  if (period === 'hour') {
    const offset = offsetOf(zone, at)
    const aligned = Math.floor((at + offset) / hourMs) * hourMs - offset
    const startMs = shifts(zone, aligned, offset) ? changeAfter(zone, aligned) : aligned
    const last = aligned + hourMs - 1
    const endMs = shifts(zone, last, offset) ? changeAfter(zone, at) : aligned + hourMs
    return { id: idOf(period, startMs), startMs, endMs }
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
