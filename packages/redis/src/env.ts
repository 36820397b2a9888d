import { z } from 'zod'

const milliseconds = (normal: number) => z.coerce.number().int().min(1).max(3_600_000).default(normal)

/** What this package needs from the environment; composed by each app's `env.ts`. */
export const redisEnv = z.object({
  /** `redis://` or `rediss://`, with user, password and database where needed. */
  REDIS_URL: z.url({ protocol: /^rediss?$/ }),
  /** A call without an answer after this long counts as failed. */
  REDIS_COMMAND_TIMEOUT_MS: milliseconds(1_000),
})

/** For those who hold money (proxy). */
export const leaseEnv = z.object({
  /** How long a hold lives without being renewed. */
  LEASE_MS: milliseconds(20_000),
  RENEW_MS: milliseconds(5_000),
})

/** For those who sweep (worker). */
export const sweepEnv = z.object({
  /** How long after the end of its lease a hold is charged provisionally. */
  SWEEP_GRACE_MS: milliseconds(5_000),
})
