const units = [
  ['year', 31_536_000_000],
  ['month', 2_592_000_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

// The clock of a page steps; what happened within its last step must not seem to be in the future.
const aHair = 30_000

// "yesterday" says what it means; "next week" or "last month" may be two days off or forty.
const named = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'long' })
const counted = new Intl.RelativeTimeFormat('en', { numeric: 'always', style: 'long' })

/** "3 minutes ago", "in 9 days"; below a minute "just now" or "in less than a minute". */
export function relativeText(atMs: number, nowMs: number): string {
  const distance = atMs - nowMs
  for (const [unit, length] of units) {
    const format = unit === 'day' ? named : counted
    if (Math.abs(distance) >= length) return format.format(Math.trunc(distance / length), unit)
  }
  return distance > aHair ? 'in less than a minute' : 'just now'
}

/** "21 Nov 2026, 14:05:09" in the zone. */
export const dateTimeText = (atMs: number, zone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, dateStyle: 'medium', timeStyle: 'medium' }).format(atMs)

/** "21 Nov 2026" in the zone. */
export const dateText = (atMs: number, zone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, dateStyle: 'medium' }).format(atMs)
