import { instantOf, windowOf, type Instant } from '@tollkeeper/domain/time'
import type { expiries } from './inputs.ts'

const dayMs = 86_400_000

/**
 * When a key made at `now` ends: null is never, a chosen day ends at its last moment in `zone`. Undefined when that day
 * does not exist or is over.
 */
export function expiryOf(
  chosen: { expires: (typeof expiries)[number]; expiresOn: string },
  zone: string,
  now: Instant,
): Date | null | undefined {
  const { expires, expiresOn } = chosen
  if (expires === 'never') return null
  if (expires !== 'date') return new Date(now + Number(expires) * dayMs)
  const [year = 0, month = 0, day = 0] = expiresOn.split('-').map(Number)
  const date = new Date(Date.UTC(year, month - 1, day))
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  const noon = instantOf(zone, { year, month, day, hour: 12, minute: 0, second: 0 })
  const end = windowOf('day', zone, noon).endMs
  return end > now ? new Date(end) : undefined
}
