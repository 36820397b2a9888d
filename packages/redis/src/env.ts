import { z } from 'zod'

/** What everybody who connects needs from the environment; composed by each app's `env.ts`. */
export const redisEnv = {
  /** With user, password and database where needed. */
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// address' }),
}

const milliseconds = z.coerce.number().int().min(1).max(3_600_000)

/** For those who hold money. A hold is renewed several times within its lease. */
export const leaseEnv = {
  /** How long a hold lives without being renewed. */
  LEASE_MS: milliseconds.default(20_000),
  RENEW_MS: milliseconds.default(5_000),
}
