import {
  limitedThings,
  readReset,
  windowOf,
  type LimitWindow,
  type ProviderLimit,
  type ProviderLimits,
} from '@tollkeeper/domain/provider-limit'
import type { ReplyHeaders } from './http/outcome.ts'

type Thing = (typeof limitedThings)[number]
type Names = { limit: string; remaining: string; reset: string }

const openAi = (thing: string): Names => ({
  limit: `x-ratelimit-limit-${thing}`,
  remaining: `x-ratelimit-remaining-${thing}`,
  reset: `x-ratelimit-reset-${thing}`,
})
const anthropic = (thing: string): Names => ({
  limit: `anthropic-ratelimit-${thing}-limit`,
  remaining: `anthropic-ratelimit-${thing}-remaining`,
  reset: `anthropic-ratelimit-${thing}-reset`,
})

/** Where each limit may stand (wire.md 2.4), in the order in which they are looked for. */
const places: Readonly<Record<Thing, readonly Names[]>> = {
  requests: [openAi('requests'), anthropic('requests')],
  tokens: [openAi('tokens'), anthropic('tokens')],
  inputTokens: [anthropic('input-tokens')],
  outputTokens: [anthropic('output-tokens')],
}

/**
 * The rate limits that a provider states in the headers of any answer; undefined when it states none. What cannot be
 * read is left out. `known` are those of earlier answers, which tell the window where this answer cannot.
 */
export function readLimits(headers: ReplyHeaders, nowMs: number, known?: ProviderLimits): ProviderLimits | undefined {
  const limits: ProviderLimits = {
    requests: null,
    tokens: null,
    inputTokens: null,
    outputTokens: null,
    seenAtMs: nowMs,
  }
  for (const thing of limitedThings) {
    for (const names of places[thing]) limits[thing] ??= readOne(headers, names, nowMs, known?.[thing]?.per)
  }
  return limitedThings.some((thing) => limits[thing] !== null) ? limits : undefined
}

function readOne(headers: ReplyHeaders, names: Names, nowMs: number, known?: LimitWindow): ProviderLimit | null {
  const limit = countIn(headers[names.limit])
  if (limit === undefined || limit === 0) return null
  const remaining = countIn(headers[names.remaining])
  const text = headers[names.reset]
  const reset = typeof text === 'string' ? readReset(text, nowMs) : undefined
  const told = remaining !== undefined && remaining <= limit && reset ? { limit, remaining, reset } : undefined
  return {
    limit,
    remaining: remaining ?? null,
    resetsAtMs: reset ? nowMs + reset.ms : null,
    per: windowOf(told, known),
  }
}

const countIn = (value: unknown): number | undefined =>
  typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : undefined
