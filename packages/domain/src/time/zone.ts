import { z } from 'zod'

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number

/** Calendar fields of an instant in a zone; month is 1–12. */
export type Wall = { year: number; month: number; day: number; hour: number; minute: number; second: number }

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(zone, format)
  }
  return format
}

/** An IANA time zone this runtime knows, such as "Europe/Helsinki". */
export const timeZone = z.string().refine((zone) => {
  try {
    formatOf(zone)
    return true
  } catch {
    return false
  }
}, 'Unknown time zone')

/** What a clock on the wall in `zone` shows at `at`. Throws RangeError for an unknown zone. */
export function wallOf(zone: string, at: Instant): Wall {
  const wall: Record<string, number> = {}
  for (const part of formatOf(zone).formatToParts(at)) wall[part.type] = Number(part.value)
  return wall as Wall
}

const asUtc = (wall: Wall): Instant =>
  Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second)

/** How far the zone is ahead of UTC at `at`, in ms (whole seconds). */
export const offsetOf = (zone: string, at: Instant): number => asUtc(wallOf(zone, at)) - Math.floor(at / 1000) * 1000

/**
 * The first instant at which the wall clock of `zone` shows `wall` or, where that hour is skipped by a clock change,
 * the instant of the change itself. Where the hour occurs twice, the earlier one.
 */
export function instantOf(zone: string, wall: Wall): Instant {
  const naive = asUtc(wall)
  const day = 86_400_000
  const offsets = [offsetOf(zone, naive - day), offsetOf(zone, naive + day)]
  const fits = offsets.map((offset) => naive - offset).filter((at) => asUtc(wallOf(zone, at)) === naive)
  if (fits.length > 0) return Math.min(...fits)
  // Skipped: search the instant where the offset changes, between the two readings.
  let before = naive - Math.max(...offsets) - 1
  let after = naive - Math.min(...offsets)
  const early = offsetOf(zone, before)
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (offsetOf(zone, middle) === early) before = middle
    else after = middle
  }
  return after
}

const two = (n: number): string => String(n).padStart(2, '0')

/** An instant as people of a zone write it, with its offset: "2026-12-01T00:00:00+02:00". */
export function zonedText(zone: string, at: Instant): string {
  const wall = wallOf(zone, at)
  const minutes = Math.round(offsetOf(zone, at) / 60_000)
  const date = `${String(wall.year).padStart(4, '0')}-${two(wall.month)}-${two(wall.day)}`
  const time = `${two(wall.hour)}:${two(wall.minute)}:${two(wall.second)}`
  const ahead = Math.abs(minutes)
  return `${date}T${time}${minutes < 0 ? '-' : '+'}${two(Math.floor(ahead / 60))}:${two(ahead % 60)}`
}
