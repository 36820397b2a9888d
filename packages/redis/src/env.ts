import { z } from 'zod'

const address = z.url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// address' })

/** What everybody who connects needs from the environment; composed by each app's `env.ts`. */
export const redisEnv = {
  /** With user, password and database where needed; several nodes of a cluster separated by commas. */
  REDIS_URL: z.string({ error: 'must be a redis:// or rediss:// address' }).superRefine((text, context) => {
    for (const part of text.split(',')) {
      for (const { message } of address.safeParse(part.trim()).error?.issues ?? []) context.addIssue(message)
    }
  }),
}

const milliseconds = z.coerce.number().int().min(1).max(3_600_000)

/** For those who hold money. A hold is renewed several times within its lease. */
export const leaseEnv = {
  /** How long a hold lives without being renewed. */
  LEASE_MS: milliseconds.default(20_000),
  RENEW_MS: milliseconds.default(5_000),
}

/** Ports in the addresses of `REDIS_URL`, as text: nothing from outside may be sent there. */
export const redisPorts = (urls: string): Set<string> =>
  new Set(urls.split(',').map((url) => URL.parse(url.trim())?.port || '6379'))
