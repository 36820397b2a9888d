import type { OrgId } from '@tollkeeper/domain/id'
import { requestLimitsOf, windowMs, type RateLimit, type RequestLimit } from '@tollkeeper/domain/rate'
import type { Redis } from 'ioredis'
import { rateKey } from './keys.ts'
import { oncePerList } from './once-per-list.ts'
import { readReply } from './reply.ts'
import { defineScript } from './script.ts'

export type Admission =
  | {
      kind: 'admitted'
      /** The limit with the fewest requests left; null when there are no limits. */
      remaining: {
        limit: number
        remaining: number
        /** Until the limit is whole again if nobody asks. */
        resetMs: number
      } | null
    }
  | {
      kind: 'refused'
      /** Index into `rates`: the limit with the longest wait. */
      rate: number
      per: 'minute' | 'hour'
      limit: number
      /** Until a request would be admitted if nobody else asked. */
      retryAfterMs: number
    }

export type Rates = {
  /**
   * Counts one request in the sliding windows of every scope of a chain, or in none. Refusals count for nothing.
   * `rates` is never changed afterwards: what the script takes of a list is remembered by the list.
   *
   * @throws StoreUnavailable when Redis cannot be asked
   */
  admit: (orgId: OrgId, rates: readonly RateLimit[]) => Promise<Admission>
}

export const admitScript = defineScript('admit_v1')

export function makeRates(redis: Redis): Rates {
  return {
    async admit(orgId, rates) {
      const { limits, keys, args } = callOf(orgId, rates)
      if (limits.length === 0) return { kind: 'admitted', remaining: null }
      return parseAdmission(await admitScript.run(redis, keys, args), limits)
    },
  }
}

const callOf = oncePerList((orgId, rates: readonly RateLimit[]) => ({
  limits: requestLimitsOf(rates),
  ...admitCall(orgId, rates, windowMs),
}))

/** Keys and arguments of admit_v1, which numbers limits as `requestLimitsOf` does. */
export function admitCall(orgId: OrgId, rates: readonly RateLimit[], lengthsMs: { minute: number; hour: number }) {
  const limited = rates.filter((rate) => rate.requestsPerMinute !== null || rate.requestsPerHour !== null)
  return {
    keys: limited.map(({ scope }) => rateKey('rq', orgId, scope)),
    args: [
      lengthsMs.minute,
      lengthsMs.hour,
      ...limited.flatMap((rate) => [rate.requestsPerMinute ?? 0, rate.requestsPerHour ?? 0]),
    ].map(String),
  }
}

/** `limits`: those of the call, as `requestLimitsOf` gives them. */
export function parseAdmission(raw: unknown, limits: readonly RequestLimit[]): Admission {
  const reply = readReply(admitScript.name, raw, { OK: 5, WAIT: 4 })
  const decisive = limits[reply.count(2) - 1]
  if (!decisive) throw reply.unexpected()
  const { rate, per } = decisive
  const { limit } = decisive.rule
  if (reply.kind === 'WAIT') return { kind: 'refused', rate, per, limit, retryAfterMs: reply.count(3) }
  return { kind: 'admitted', remaining: { limit, remaining: reply.count(3), resetMs: reply.count(4) } }
}
