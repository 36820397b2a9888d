import { windowOf, type Instant } from '@tollkeeper/domain/time'

// Zones change their offset on quarter hours, so within one the hour is the same for every instant.
const quarterMs = 900_000
const known = new Map<string, Instant>()
const mostKnown = 20_000

/**
 * Beginning of the hour that holds `at` by the clock of a zone. Hours of zones such as Asia/Kolkata begin at half past in
 * UTC, so that days are made of whole hours everywhere.
 */
export function hourOf(zone: string, at: Instant): Instant {
  const key = `${zone} ${Math.floor(at / quarterMs)}`
  let hour = known.get(key)
  if (hour === undefined) {
    hour = windowOf('hour', zone, at).startMs
    if (known.size >= mostKnown) known.clear()
    known.set(key, hour)
  }
  return hour
}
