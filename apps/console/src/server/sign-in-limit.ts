import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { Stores } from '#server/stores.ts'

/** Failed attempts within a window, counted per address and account, per account, and per address. */
const windows = [
  { name: 'pair', points: 8, duration: 15 * 60, key: (ip: string, subject: string) => `${ip}|${subject}` },
  { name: 'subject', points: 50, duration: 60 * 60, key: (_ip: string, subject: string) => subject },
  { name: 'ip', points: 100, duration: 15 * 60, key: (ip: string) => ip },
] as const

export type AttemptLimit = {
  /** Seconds until another attempt is allowed; 0 when it is allowed now. */
  waitSeconds(ip: string, subject: string): Promise<number>
  failed(ip: string, subject: string): Promise<void>
  succeeded(ip: string, subject: string): Promise<void>
}

/**
 * Slows down guessing (security.md T-SESS). `purpose` separates sign-in from links; `subject` is the e-mail address or
 * what else is being guessed at.
 */
export function makeAttemptLimit(redis: Stores['redis'], purpose: string): AttemptLimit {
  const limiters = windows.map((window) => ({
    window,
    limiter: new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: `attempts:${purpose}:${window.name}`,
      points: window.points,
      duration: window.duration,
    }),
  }))
  return {
    async waitSeconds(ip, subject) {
      const found = await Promise.all(limiters.map(({ window, limiter }) => limiter.get(window.key(ip, subject))))
      const waits = found.map((each, index) => {
        const points = limiters[index]?.window.points ?? 0
        return each && each.consumedPoints >= points ? Math.ceil(each.msBeforeNext / 1000) : 0
      })
      return Math.max(0, ...waits)
    },
    async failed(ip, subject) {
      await Promise.all(
        limiters.map(async ({ window, limiter }) => {
          try {
            await limiter.consume(window.key(ip, subject))
          } catch (problem) {
            // Being over the limit is told by waitSeconds; trouble with the store is not swallowed.
            if (!(problem instanceof RateLimiterRes)) throw problem
          }
        }),
      )
    },
    async succeeded(ip, subject) {
      await Promise.all(limiters.slice(0, 2).map(({ window, limiter }) => limiter.delete(window.key(ip, subject))))
    },
  }
}
