import { windowOf, type Instant } from '@tollkeeper/domain/time'
import type { Range } from './days.ts'

/** How long one bar of a chart is. Weeks begin on Monday. */
export const granularities = ['hour', 'day', 'week', 'month'] as const
export type Granularity = (typeof granularities)[number]

/** A stretch of a range; the first and the last may be cut by the range's bounds. */
export type Slot = { startMs: Instant; endMs: Instant }

/** Longest chart, so that a wrong range cannot ask for the sum of all time by hour. */
const mostSlots = 1_200

/** The hours, days, weeks or months of a zone that a range touches, in order, without gaps. Throws RangeError beyond 1,200. */
export function slotsOf(zone: string, range: Range, granularity: Granularity): Slot[] {
  const slots: Slot[] = []
  for (let at = range.from; at < range.to;) {
    if (slots.length === mostSlots) throw new RangeError(`A range has at most ${mostSlots} slots`)
    const endMs = Math.min(windowOf(granularity, zone, at).endMs, range.to)
    slots.push({ startMs: at, endMs })
    at = endMs
  }
  return slots
}
