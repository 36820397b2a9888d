import { LRUCache } from 'lru-cache'
import type { RateLimits } from './behaviour.ts'

type Bucket = { requests: number; tokens: number; at: number }

/** What a call took from the buckets of its key, and the headers that tell what is left. */
export type Taken = { allowed: boolean; retryAfterMs: number; headers: Record<string, string> }

/** Buckets for each key, refilled evenly over a minute. */
export class RateBuckets {
  #buckets = new LRUCache<string, Bucket>({ max: 10_000 })

  /** Takes one request and its tokens at that moment (ms). Refuses only when limits are enforced. */
  take(key: string, tokens: number, limits: RateLimits, at: number): Taken {
    const { requestsPerMinute, tokensPerMinute } = limits
    const last = this.#buckets.get(key) ?? { requests: requestsPerMinute, tokens: tokensPerMinute, at }
    const now: Bucket = {
      requests: refilled(last.requests, requestsPerMinute, at - last.at),
      tokens: refilled(last.tokens, tokensPerMinute, at - last.at),
      at,
    }
    const retryAfterMs = Math.max(
      msUntil(1 - now.requests, requestsPerMinute),
      msUntil(Math.min(tokens, tokensPerMinute) - now.tokens, tokensPerMinute),
    )
    const allowed = !limits.enforce || retryAfterMs === 0
    if (allowed) {
      now.requests = Math.max(0, now.requests - 1)
      now.tokens = Math.max(0, now.tokens - tokens)
    }
    this.#buckets.set(key, now)
    return { allowed, retryAfterMs, headers: headersOf(now, limits) }
  }

  /** Fills every bucket again. */
  reset(): void {
    this.#buckets.clear()
  }
}

/** A duration as OpenAI writes it: `12ms`, `8.64s`, `1m26.4s`. */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)}ms`
  const seconds = Math.ceil(ms / 10) / 100
  const minutes = Math.floor(seconds / 60)
  const rest = `${Number((seconds - minutes * 60).toFixed(2))}s`
  return minutes > 0 ? `${minutes}m${rest}` : rest
}

function refilled(left: number, perMinute: number, ms: number): number {
  return Math.min(perMinute, left + (Math.max(0, ms) * perMinute) / 60_000)
}

function msUntil(missing: number, perMinute: number): number {
  return missing > 0 ? Math.ceil((missing * 60_000) / perMinute) : 0
}

function headersOf(left: Bucket, limits: RateLimits): Record<string, string> {
  const { requestsPerMinute, tokensPerMinute } = limits
  return {
    'x-ratelimit-limit-requests': String(requestsPerMinute),
    'x-ratelimit-limit-tokens': String(tokensPerMinute),
    'x-ratelimit-remaining-requests': String(Math.floor(left.requests)),
    'x-ratelimit-remaining-tokens': String(Math.floor(left.tokens)),
    'x-ratelimit-reset-requests': durationText(msUntil(requestsPerMinute - left.requests, requestsPerMinute)),
    'x-ratelimit-reset-tokens': durationText(msUntil(tokensPerMinute - left.tokens, tokensPerMinute)),
  }
}
