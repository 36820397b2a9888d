import { LRUCache } from 'lru-cache'

/** How much may be retried at each provider, so that an ill provider is not asked twice as much as a healthy one. */
export type RetryBudget = {
  /** A request is sent to it for the first time. */
  asked: (provider: string) => void
  /** Takes one retry; false when there is none left. */
  take: (provider: string) => boolean
}

/** In tenths of a retry, so that ten requests are exactly one. */
const perRequest = 1
const perRetry = 10
/** What a provider begins with: without it nothing could be retried where little is asked. */
const first = 2 * perRetry
const most = 100 * perRetry
const mostProviders = 10_000

/** Per process: one retry for ten requests, two to begin with, at most a hundred saved up. */
export function makeRetryBudget(): RetryBudget {
  const left = new LRUCache<string, number>({ max: mostProviders })
  return {
    asked: (provider) => void left.set(provider, Math.min(most, (left.get(provider) ?? first) + perRequest)),
    take(provider) {
      const there = left.get(provider) ?? first
      if (there < perRetry) return false
      left.set(provider, there - perRetry)
      return true
    },
  }
}
