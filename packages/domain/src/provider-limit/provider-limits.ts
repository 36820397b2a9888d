import { z } from 'zod'
import { providerId } from '../id/index.ts'

/** Lengths of the windows in which providers count. */
export const limitWindows = ['minute', 'hour', 'day'] as const
export type LimitWindow = (typeof limitWindows)[number]

const lengthMs: Readonly<Record<LimitWindow, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** One limit of a provider as it told it. */
export const providerLimit = z.object({
  limit: z.int().min(1).max(1_000_000_000_000),
  /** Null where it was not told. */
  remaining: z.int().min(0).nullable(),
  resetsAtMs: z.int().nullable(),
  per: z.enum(limitWindows),
})
export type ProviderLimit = z.output<typeof providerLimit>

/** What is limited: requests, and tokens together or by direction. */
export const limitedThings = ['requests', 'tokens', 'inputTokens', 'outputTokens'] as const

/** Limits of one model at one provider, for the credential it was called with. Null: it told none. */
export const providerLimits = z.object({
  requests: providerLimit.nullable(),
  tokens: providerLimit.nullable(),
  inputTokens: providerLimit.nullable(),
  outputTokens: providerLimit.nullable(),
  seenAtMs: z.int(),
})
export type ProviderLimits = z.output<typeof providerLimits>

/** Limits as a proxy learned them from a provider's answers. */
export const learnedLimits = z.object({
  providerId,
  /** The provider's own name of the model; null for what it tells of its whole API. */
  model: z.string().max(256).nullable(),
  /** Which credential they belong to, as `credentialMark` names it. */
  credential: z.string(),
  limits: providerLimits,
})
export type LearnedLimits = z.output<typeof learnedLimits>

/** What a provider's limits mean for all requests of an organisation together; null: no such limit is known. */
export const providerCeiling = z.object({
  requestsPerMinute: z.int().min(1).max(1_000_000_000).nullable(),
  /** Policies of earlier releases lack the limits per hour. */
  requestsPerHour: z.int().min(1).max(1_000_000_000).nullable().default(null),
  tokensPerMinute: z.int().min(1).max(1_000_000_000).nullable(),
  tokensPerHour: z.int().min(1).max(1_000_000_000).nullable().default(null),
})
export type ProviderCeiling = z.output<typeof providerCeiling>

/**
 * The window a limit is counted in: a full refill takes `reset × limit / used`, and the nearest of minute, hour and day
 * is meant. Resets are rounded up, which matters for short ones, so the least that the reset can be is taken. A limit of
 * which nothing was used says nothing about its window; then it is `known`, or a minute, which refuses least.
 */
export function windowOf(
  told: { limit: number; remaining: number; reset: { ms: number; precisionMs: number } } | undefined,
  known: LimitWindow = 'minute',
): LimitWindow {
  const used = told ? told.limit - told.remaining : 0
  if (!told || used <= 0) return known
  const least = Math.max(0, told.reset.ms - told.reset.precisionMs)
  const fullMs = (least * told.limit) / used
  if (fullMs <= 0) return known
  const distance = (window: LimitWindow) => Math.abs(Math.log(fullMs / lengthMs[window]))
  return limitWindows.reduce((nearest, window) => (distance(window) < distance(nearest) ? window : nearest))
}

/** Limits learned now over those known before: what was not told this time stays as it was. */
export const withLearned = (known: ProviderLimits | undefined, learned: ProviderLimits): ProviderLimits => ({
  requests: learned.requests ?? known?.requests ?? null,
  tokens: learned.tokens ?? known?.tokens ?? null,
  inputTokens: learned.inputTokens ?? known?.inputTokens ?? null,
  outputTokens: learned.outputTokens ?? known?.outputTokens ?? null,
  seenAtMs: Math.max(learned.seenAtMs, known?.seenAtMs ?? 0),
})

const most = 1_000_000_000

const within = (limit: ProviderLimit | null, per: LimitWindow): number | null =>
  limit !== null && limit.per === per && limit.limit <= most ? limit.limit : null

/** Where input and output are limited apart, tokens together can be no more than the sum. */
function tokensWithin({ tokens, inputTokens, outputTokens }: ProviderLimits, per: LimitWindow): number | null {
  const [input, output] = [within(inputTokens, per), within(outputTokens, per)]
  const apart = input !== null && output !== null ? Math.min(most, input + output) : null
  return within(tokens, per) ?? apart
}

/** The ceiling that limits per minute and hour make; null when there is none. */
export function ceilingOf(limits: ProviderLimits): ProviderCeiling | null {
  const ceiling: ProviderCeiling = {
    requestsPerMinute: within(limits.requests, 'minute'),
    requestsPerHour: within(limits.requests, 'hour'),
    tokensPerMinute: tokensWithin(limits, 'minute'),
    tokensPerHour: tokensWithin(limits, 'hour'),
  }
  return Object.values(ceiling).every((value) => value === null) ? null : ceiling
}
