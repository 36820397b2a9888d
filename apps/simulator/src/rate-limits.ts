import { LRUCache } from 'lru-cache'
import type { RateLimits } from './behaviour.ts'

type Bucket = { requests: number; tokens: number; at: number }

/** One bucket after a call: its size, what is left, and the time until it is full. */
export type BucketLeft = { limit: number; remaining: number; resetMs: number }

/** What is left in both buckets of a key. */
export type Left = { requests: BucketLeft; tokens: BucketLeft }

/** What a call took from the buckets of its key. */
export type Taken = { allowed: boolean; retryAfterMs: number; left: Left }

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
    return {
      allowed,
      retryAfterMs,
      left: { requests: left(now.requests, requestsPerMinute), tokens: left(now.tokens, tokensPerMinute) },
    }
  }

  /** Fills every bucket again. */
  reset(): void {
    this.#buckets.clear()
  }
}

function refilled(left: number, perMinute: number, ms: number): number {
  return Math.min(perMinute, left + (Math.max(0, ms) * perMinute) / 60_000)
}

function msUntil(missing: number, perMinute: number): number {
  return missing > 0 ? Math.ceil((missing * 60_000) / perMinute) : 0
}

function left(tokens: number, perMinute: number): BucketLeft {
  return { limit: perMinute, remaining: Math.floor(tokens), resetMs: msUntil(perMinute - tokens, perMinute) }
}
