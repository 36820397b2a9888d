import { z } from 'zod'
import { scopeKind, type ScopeKind } from '../scope/index.ts'

/** How many requests may run at a time. Streams run for long and whole answers for short: each has a limit of its own. */
export const concurrencyLimit = z.object({
  streams: z.int().min(1).max(1_000_000).nullable(),
  whole: z.int().min(1).max(1_000_000).nullable(),
})
export type ConcurrencyLimit = z.output<typeof concurrencyLimit>

/**
 * Rate limits of one scope; null means none. The bucket holds LLM tokens, starts full and refills continuously;
 * `refillPerSecond` has at most 3 decimals.
 */
export const rateLimit = z.object({
  scope: z.object({ kind: scopeKind, id: z.string(), name: z.string() }),
  requestsPerMinute: z.int().min(1).max(1_000_000_000).nullable(),
  requestsPerHour: z.int().min(1).max(1_000_000_000).nullable(),
  tokensPerMinute: z.int().min(1).max(1_000_000_000).nullable(),
  /** Absent in policies that were published before there was such a limit. */
  tokensPerHour: z.int().min(1).max(1_000_000_000).nullable().default(null),
  bucket: z
    .object({ capacity: z.int().min(1).max(1_000_000_000), refillPerSecond: z.number().min(0).max(1_000_000_000) })
    .nullable(),
  /** Absent in policies that were published before there was such a limit. */
  concurrency: concurrencyLimit.nullable().default(null),
})

/**
 * What a limit counts for: a scope of the chain, or all requests of an organisation to one model of a provider, which
 * has limits of its own.
 */
export type Limited = { kind: ScopeKind | 'provider'; id: string }

export type RateLimit = Omit<z.output<typeof rateLimit>, 'scope'> & { scope: Limited & { name: string } }
