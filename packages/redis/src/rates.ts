import type { OrgId } from '@tollkeeper/domain/id'
import type { RateLimit } from '@tollkeeper/domain/rate'
import type { Redis } from 'ioredis'
import { rateKey } from './keys.ts'
import { readReply } from './reply.ts'
import { defineScript } from './script.ts'
import { hourMs, minuteMs } from './token-limits.ts'

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
   *
   * @throws StoreUnavailable when Redis cannot be asked
   */
  admit: (orgId: OrgId, rates: readonly RateLimit[]) => Promise<Admission>
}

type RequestWindow = { rate: number; per: 'minute' | 'hour'; limit: number; key: string; lengthMs: number }

export const admitScript = defineScript('admit_v1')

export function makeRates(redis: Redis): Rates {
  return {
    async admit(orgId, rates) {
      const windows = requestWindowsOf(orgId, rates)
      if (windows.length === 0) return { kind: 'admitted', remaining: null }
      const raw = await admitScript.run(
        redis,
        windows.map((window) => window.key),
        windows.flatMap((window) => [window.limit, window.lengthMs]),
      )
      return parseAdmission(raw, windows)
    },
  }
}

function requestWindowsOf(orgId: OrgId, rates: readonly RateLimit[]): RequestWindow[] {
  const windows: RequestWindow[] = []
  for (const [rate, { scope, requestsPerMinute, requestsPerHour }] of rates.entries()) {
    if (requestsPerMinute !== null) {
      const key = rateKey('rm', orgId, scope)
      windows.push({ rate, per: 'minute', limit: requestsPerMinute, key, lengthMs: minuteMs })
    }
    if (requestsPerHour !== null) {
      const key = rateKey('rh', orgId, scope)
      windows.push({ rate, per: 'hour', limit: requestsPerHour, key, lengthMs: hourMs })
    }
  }
  return windows
}

function parseAdmission(raw: unknown, windows: readonly RequestWindow[]): Admission {
  const reply = readReply(admitScript.name, raw, { OK: 5, WAIT: 4 })
  const window = windows[reply.count(2) - 1]
  if (!window) throw reply.unexpected()
  const { rate, per, limit } = window
  if (reply.kind === 'WAIT') return { kind: 'refused', rate, per, limit, retryAfterMs: reply.count(3) }
  return { kind: 'admitted', remaining: { limit, remaining: reply.count(3), resetMs: reply.count(4) } }
}
