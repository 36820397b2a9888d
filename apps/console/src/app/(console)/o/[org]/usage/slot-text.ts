import type { Granularity, Slot } from '@tollkeeper/db/rollups'

const formats = new Map<string, Intl.DateTimeFormat>()

/** Formats are dear to make and a chart needs one of each. */
function formatOf(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`
  let format = formats.get(key)
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options })
    formats.set(key, format)
  }
  return format
}

const dayMonth = { day: 'numeric', month: 'short' } as const
const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const

export type SlotText = { label: string; title: string; partial: boolean }

/** What a slot is called on an axis and in a sentence; the present one is not over and says so. */
export function slotText(slot: Slot, of: { granularity: Granularity; zone: string; now: number }): SlotText {
  const { granularity, zone, now } = of
  const partial = now >= slot.startMs && now < slot.endMs
  const text = (options: Intl.DateTimeFormatOptions, at = slot.startMs) => formatOf(zone, options).format(at)
  const soFar = partial ? ', so far' : ''
  switch (granularity) {
    case 'hour':
      return {
        label: text(clock),
        title: `${text({ ...dayMonth, weekday: 'short' })}, ${text(clock)}–${text(clock, slot.endMs)}${soFar}`,
        partial,
      }
    case 'day':
      return {
        label: partial ? 'Today' : text(dayMonth),
        title: `${text({ ...dayMonth, weekday: 'short', year: 'numeric' })}${soFar}`,
        partial,
      }
    case 'week':
      return {
        label: text(dayMonth),
        title: `${text(dayMonth)} – ${text({ ...dayMonth, year: 'numeric' }, slot.endMs - 1)}${soFar}`,
        partial,
      }
    case 'month':
      return { label: text({ month: 'short' }), title: `${text({ month: 'long', year: 'numeric' })}${soFar}`, partial }
  }
}

/** The calendar day of an instant in a zone: `2026-11-21`. */
export const dateOf = (zone: string, at: number): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(at)

/** "23 Oct – 21 Nov 2026", "1 – 21 Nov 2026", or one day. */
export function rangeTitle(zone: string, range: { from: number; to: number }): string {
  const whole = { ...dayMonth, year: 'numeric' } as const
  const [first, last] = [formatOf(zone, whole).format(range.from), formatOf(zone, whole).format(range.to - 1)]
  if (first === last) return last
  const [firstWords, lastWords] = [first.split(' '), last.split(' ')]
  // What both have in common at the end is said once.
  while (firstWords.length > 1 && firstWords.at(-1) === lastWords.at(-1)) {
    firstWords.pop()
    lastWords.pop()
  }
  return `${firstWords.join(' ')} – ${last}`
}
