import { previousOf, type Range } from '@tollkeeper/db/rollups'
import { instantOf, wallOf, windowOf, type Instant } from '@tollkeeper/domain/time'
import type { RangeText } from './inputs.ts'

/** A range of whole days as the organisation's clock has them, resolved at some moment. */
export type ResolvedRange = Range & {
  /** Equally many days before, as far into their last day as the present is into its own. */
  previous: Range
}

const noon = { hour: 12, minute: 0, second: 0 }

/** Start of a calendar day; `day` may lie outside the month and then counts on. */
function startOfDay(zone: string, year: number, month: number, day: number): Instant {
  const date = new Date(Date.UTC(year, month - 1, day))
  const wall = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate(), ...noon }
  return windowOf('day', zone, instantOf(zone, wall)).startMs
}

const lastDays = { today: 1, '7d': 7, '30d': 30, '90d': 90 } as const

/** What a range of the URL means at `now`. Days that have not begun are never part of it, except where all are ahead. */
export function resolveRange(text: RangeText, zone: string, now: Instant): ResolvedRange {
  const today = windowOf('day', zone, now)
  const { year, month, day } = wallOf(zone, now)
  // Sums are hourly: the present hour is the last with anything in it.
  const soFar = (range: Range): Range => ({ ...range, to: Math.min(range.to, windowOf('hour', zone, now).endMs) })
  if (text === 'month') {
    const range = { from: windowOf('month', zone, now).startMs, to: today.endMs }
    return { ...range, previous: sameDaysLastMonth(zone, range.from, soFar(range).to) }
  }
  if (text === 'last-month') {
    const { startMs, endMs } = monthBefore(zone, now)
    const before = monthBefore(zone, startMs)
    return { from: startMs, to: endMs, previous: { from: before.startMs, to: before.endMs } }
  }
  let range: Range
  if (text in lastDays) {
    const days = lastDays[text as keyof typeof lastDays]
    range = { from: startOfDay(zone, year, month, day - days + 1), to: today.endMs }
  } else {
    const [from, to] = text.split('..').map((date) => date.split('-').map(Number) as [number, number, number])
    if (!from || !to) throw new RangeError(`Not a range: ${text}`)
    range = { from: startOfDay(zone, ...from), to: windowOf('day', zone, startOfDay(zone, ...to)).endMs }
    if (range.from < today.endMs) range.to = Math.min(range.to, today.endMs)
  }
  return { ...range, previous: previousOf(zone, soFar(range).to > range.from ? soFar(range) : range) }
}

/** This month so far, and the same days of the month before. */
export const monthSoFar = (zone: string, now: Instant): ResolvedRange => resolveRange('month', zone, now)

const monthBefore = (zone: string, at: Instant) => windowOf('month', zone, windowOf('month', zone, at).startMs - 1)

function sameDaysLastMonth(zone: string, start: Instant, until: Instant): Range {
  const before = windowOf('month', zone, start - 1)
  const whole = { from: before.startMs, to: before.endMs }
  if (until >= windowOf('month', zone, start).endMs) return whole
  const { year, month } = wallOf(zone, before.startMs)
  const wall = wallOf(zone, until)
  // The 31st of a month with fewer days is its end.
  if (wall.day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return whole
  return { from: before.startMs, to: Math.min(instantOf(zone, { ...wall, year, month }), before.endMs) }
}
