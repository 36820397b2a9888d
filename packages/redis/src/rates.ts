import type { OrgId } from '@tollkeeper/domain/id'
import {
  permitLimitsOf,
  requestLimitsOf,
  windowMs,
  type Limited,
  type PermitLimit,
  type RateLimit,
  type RequestLimit,
} from '@tollkeeper/domain/rate'
import type { Redis } from 'ioredis'
import { reachable } from './connection.ts'
import { permitsKey, rateKey } from './keys.ts'
import { oncePerList } from './once-per-list.ts'
import { readReply, UnexpectedReply } from './reply.ts'
import { defineScript } from './script.ts'

/** Streams and whole answers have limits of their own. */
export type PermitKind = 'streams' | 'whole'
/** One running request, as the limits on concurrency count it. */
export type Permit = { id: string; kind: PermitKind }

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
  | {
      kind: 'busy'
      /** Index into `rates`: the first limit on concurrency without a free permit. */
      rate: number
      limit: number
    }

export type Rates = {
  /**
   * Counts one request in the sliding windows of every scope of a chain and takes its permit to run in all of them, or
   * does nothing at all. Refusals count for nothing. `rates` is never changed afterwards: what the script takes of a
   * list is remembered by the list.
   *
   * @throws StoreUnavailable when Redis cannot be asked; the permit may then be taken, and is to be given back
   */
  admit: (orgId: OrgId, rates: readonly RateLimit[], permit: Permit) => Promise<Admission>
  /** Gives a permit back everywhere. Idempotent. @throws StoreUnavailable */
  giveBack: (orgId: OrgId, rates: readonly RateLimit[], permit: Permit) => Promise<void>
  /** Moves the leases of permits of one scope on by another lease. @throws StoreUnavailable */
  renewPermits: (orgId: OrgId, scope: Limited, kind: PermitKind, ids: readonly string[]) => Promise<void>
}

export const admitScript = defineScript('admit_v2')
const renewScript = defineScript('renew_v1')

/** `leaseMs`: how long a permit lives without `renewPermits`. */
export function makeRates(redis: Redis, options: { leaseMs: number }): Rates {
  return {
    async admit(orgId, rates, permit) {
      const { limits, permits, keys, head, tail } = callOf[permit.kind](orgId, rates)
      if (keys.length === 0) return { kind: 'admitted', remaining: null }
      const args = [...head, permit.id, options.leaseMs, ...tail]
      return parseAdmission(await admitScript.run(redis, keys, args), limits, permits)
    },
    async giveBack(orgId, rates, { id, kind }) {
      const { permitKeys } = callOf[kind](orgId, rates)
      await Promise.all(permitKeys.map((key) => reachable(redis.zrem(key, id))))
    },
    async renewPermits(orgId, scope, kind, ids) {
      if (ids.length === 0) return
      const reply = await renewScript.run(redis, [permitsKey(kind, orgId, scope)], [options.leaseMs, ...ids])
      if (!Array.isArray(reply) || typeof reply[0] !== 'number') throw new UnexpectedReply(renewScript.name, reply)
    },
  }
}

const callFor = (kind: PermitKind) =>
  oncePerList((orgId, rates: readonly RateLimit[]) => ({
    limits: requestLimitsOf(rates),
    permits: permitLimitsOf(rates, kind),
    ...admitCall(orgId, rates, kind, windowMs),
  }))

const callOf = { streams: callFor('streams'), whole: callFor('whole') }

/** Keys of admit_v2 and its arguments before and after those of the permit; it numbers limits as the lists of limits do. */
export function admitCall(
  orgId: OrgId,
  rates: readonly RateLimit[],
  kind: PermitKind,
  lengthsMs: { minute: number; hour: number },
) {
  const limited = rates.filter((rate) => rate.requestsPerMinute !== null || rate.requestsPerHour !== null)
  const permits = permitLimitsOf(rates, kind)
  const permitKeys = permits.map(({ scope }) => permitsKey(kind, orgId, scope))
  return {
    permitKeys,
    keys: [...limited.map(({ scope }) => rateKey('rq', orgId, scope)), ...permitKeys],
    head: [lengthsMs.minute, lengthsMs.hour, limited.length].map(String),
    tail: [
      ...limited.flatMap((rate) => [rate.requestsPerMinute ?? 0, rate.requestsPerHour ?? 0]),
      ...permits.map(({ limit }) => limit),
    ].map(String),
  }
}

/** `limits`, `permits`: those of the call, as `requestLimitsOf` and `permitLimitsOf` give them. */
export function parseAdmission(
  raw: unknown,
  limits: readonly RequestLimit[],
  permits: readonly PermitLimit[],
): Admission {
  const reply = readReply(admitScript.name, raw, { OK: 5, WAIT: 4, BUSY: 4 })
  if (reply.kind === 'OK' && limits.length === 0) return { kind: 'admitted', remaining: null }
  if (reply.kind === 'BUSY') {
    const busy = permits[reply.count(2) - 1]
    if (!busy) throw reply.unexpected()
    return { kind: 'busy', rate: busy.rate, limit: busy.limit }
  }
  const decisive = limits[reply.count(2) - 1]
  if (!decisive) throw reply.unexpected()
  const { rate, per } = decisive
  const { limit } = decisive.rule
  if (reply.kind === 'WAIT') return { kind: 'refused', rate, per, limit, retryAfterMs: reply.count(3) }
  return { kind: 'admitted', remaining: { limit, remaining: reply.count(3), resetMs: reply.count(4) } }
}
