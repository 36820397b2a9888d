import { scopeText } from '../scope/index.ts'
import type { Limited, RateLimit } from './rate-limit.ts'
import type { WindowRule } from './sliding-window.ts'
import { microPerToken, type BucketRule } from './token-bucket.ts'

/** Lengths of the windows in which requests and tokens are counted. */
export const windowMs = { minute: 60_000, hour: 3_600_000 } as const

/** A limit on the LLM tokens of one scope, taken with the hold and corrected when it settles. */
export type TokenLimit = {
  /** Names it among the limits of its organisation. */
  id: string
  scope: Limited
  /** Index into the list of rate limits it came from. */
  rate: number
  /** As it was set: tokens per minute or hour, or the capacity of the bucket. */
  limit: number
} & ({ unit: 'minute' | 'hour'; rule: WindowRule } | { unit: 'bucket'; rule: BucketRule })

/** The limits on tokens of a chain, in its order; in each scope the bucket, then the minute, then the hour. */
export function tokenLimitsOf(rates: readonly RateLimit[]): TokenLimit[] {
  const limits: TokenLimit[] = []
  for (const [rate, { scope, bucket, tokensPerMinute, tokensPerHour }] of rates.entries()) {
    if (bucket) {
      const { capacity, refillPerSecond } = bucket
      // Tokens per second are thousands of micro-tokens per ms.
      const rule = { capacity: capacity * microPerToken, refillPerMs: Math.round(refillPerSecond * 1_000) }
      limits.push({ id: `tb/${scopeText(scope)}`, scope, rate, unit: 'bucket', limit: capacity, rule })
    }
    if (tokensPerMinute !== null) {
      const rule = { limit: tokensPerMinute, lengthMs: windowMs.minute }
      limits.push({ id: `tm/${scopeText(scope)}`, scope, rate, unit: 'minute', limit: tokensPerMinute, rule })
    }
    if (tokensPerHour !== null) {
      const rule = { limit: tokensPerHour, lengthMs: windowMs.hour }
      limits.push({ id: `th/${scopeText(scope)}`, scope, rate, unit: 'hour', limit: tokensPerHour, rule })
    }
  }
  return limits
}

/** A limit on the requests of one scope, taken when a request is admitted. */
export type RequestLimit = { scope: Limited; rate: number; per: 'minute' | 'hour'; rule: WindowRule }

/** The limits on requests of a chain, in its order; in each scope the minute before the hour. */
export function requestLimitsOf(rates: readonly RateLimit[]): RequestLimit[] {
  const limits: RequestLimit[] = []
  for (const [rate, { scope, requestsPerMinute, requestsPerHour }] of rates.entries()) {
    if (requestsPerMinute !== null) {
      limits.push({ scope, rate, per: 'minute', rule: { limit: requestsPerMinute, lengthMs: windowMs.minute } })
    }
    if (requestsPerHour !== null) {
      limits.push({ scope, rate, per: 'hour', rule: { limit: requestsPerHour, lengthMs: windowMs.hour } })
    }
  }
  return limits
}

/** A limit on the requests of one scope that run at the same time. */
export type PermitLimit = {
  scope: Limited
  /** Index into the list of rate limits it came from. */
  rate: number
  limit: number
}

/** The limits on streams, or on whole answers, of a chain, in its order. */
export function permitLimitsOf(rates: readonly RateLimit[], kind: 'streams' | 'whole'): PermitLimit[] {
  return rates.flatMap(({ scope, concurrency }, rate) => {
    const limit = concurrency?.[kind] ?? null
    return limit === null ? [] : [{ scope, rate, limit }]
  })
}
