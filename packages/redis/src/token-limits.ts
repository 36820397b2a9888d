import type { OrgId } from '@tollkeeper/domain/id'
import type { RateLimit } from '@tollkeeper/domain/rate'
import { scopeText } from '@tollkeeper/domain/scope'
import { rateKey } from './keys.ts'

/** One limit on LLM tokens in the form the scripts take: three arguments and a key. */
export type TokenLimit = {
  /** Index into the list of rate limits it came from. */
  rate: number
  unit: 'bucket' | 'minute'
  limit: number
  /** Names it beside the hold, so that a correction meets the limit it was taken from. */
  id: string
  key: string
  args: readonly [kind: 'w' | 'b', limitOrCapacity: number, lengthOrRefill: number]
}

/** Most tokens that one attempt counts for: above every limit, and exact in Lua. */
export const mostTokens = 1_000_000_000

export const minuteMs = 60_000
export const hourMs = 3_600_000

/** Micro-tokens per token. A refill of r tokens per second is r × 1,000 micro-tokens per ms. */
const micro = 1_000_000

/** The limits on tokens of a chain, in its order; in each scope the bucket before the minute. */
export function tokenLimitsOf(orgId: OrgId, rates: readonly RateLimit[]): TokenLimit[] {
  const limits: TokenLimit[] = []
  for (const [rate, { scope, bucket, tokensPerMinute }] of rates.entries()) {
    if (bucket) {
      limits.push({
        rate,
        unit: 'bucket',
        limit: bucket.capacity,
        id: `tb/${scopeText(scope)}`,
        key: rateKey('tb', orgId, scope),
        args: ['b', bucket.capacity * micro, Math.round(bucket.refillPerSecond * 1_000)],
      })
    }
    if (tokensPerMinute !== null) {
      limits.push({
        rate,
        unit: 'minute',
        limit: tokensPerMinute,
        id: `tm/${scopeText(scope)}`,
        key: rateKey('tm', orgId, scope),
        args: ['w', tokensPerMinute, minuteMs],
      })
    }
  }
  return limits
}

/** How the limits are written beside a hold. */
export const idsText = (items: readonly { id: string }[]): string => items.map((item) => item.id).join(' ')
