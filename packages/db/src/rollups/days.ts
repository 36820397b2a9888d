import { wallOf, windowOf, type Instant } from '@tollkeeper/domain/time'

/** A stretch of time: from `from` (inclusive) to `to` (exclusive), on full hours of the organisation's clock. */
export type Range = { from: Instant; to: Instant }

/** One day of a zone. It has 23, 24 or 25 hours. */
export type Day = {
  /** `2026-11-21`. */
  date: string
  startMs: Instant
  endMs: Instant
}

/** Longest chart, so that a wrong range cannot ask for the sum of all time by day. */
const mostDays = 800

const two = (value: number): string => String(value).padStart(2, '0')

export function dayOf(zone: string, at: Instant): Day {
  const { startMs, endMs } = windowOf('day', zone, at)
  // Midday: where a clock change skips midnight, the day starts at 01:00.
  const { year, month, day } = wallOf(zone, Math.floor((startMs + endMs) / 2))
  return { date: `${year}-${two(month)}-${two(day)}`, startMs, endMs }
}

/** Every day of a zone that a range touches, in order. Throws RangeError beyond 800 days. */
export function daysOf(zone: string, range: Range): Day[] {
  const days: Day[] = []
  for (let at = range.from; at < range.to;) {
    if (days.length === mostDays) throw new RangeError(`A range has at most ${mostDays} days`)
    const day = dayOf(zone, at)
    days.push(day)
    at = day.endMs
  }
  return days
}

/** The stretch of equally many days just before a range, for comparison. A part of a last day stays a part of a day. */
export function previousOf(zone: string, range: Range): Range {
  const days = daysOf(zone, range)
  const last = days.at(-1)
  let from = days[0]?.startMs ?? range.from
  for (let count = 0; count < days.length; count += 1) from = dayOf(zone, from - 1).startMs
  if (!last || range.to === last.endMs) return { from, to: days[0]?.startMs ?? range.to }
  const lastBefore = daysOf(zone, { from, to: days[0]?.startMs ?? range.to }).at(-1)
  return { from, to: Math.min((lastBefore?.startMs ?? from) + (range.to - last.startMs), days[0]?.startMs ?? range.to) }
}
