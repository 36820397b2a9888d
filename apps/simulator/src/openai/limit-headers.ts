import type { Left } from '../rate-limits.ts'

/** What is left of a key's limits, as OpenAI tells it. */
export const limitHeaders = ({ requests, tokens }: Left): Record<string, string> => ({
  'x-ratelimit-limit-requests': String(requests.limit),
  'x-ratelimit-limit-tokens': String(tokens.limit),
  'x-ratelimit-remaining-requests': String(requests.remaining),
  'x-ratelimit-remaining-tokens': String(tokens.remaining),
  'x-ratelimit-reset-requests': durationText(requests.resetMs),
  'x-ratelimit-reset-tokens': durationText(tokens.resetMs),
})

/** A duration as OpenAI writes it: `12ms`, `8.64s`, `1m26.4s`. */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)}ms`
  const seconds = Math.ceil(ms / 10) / 100
  const minutes = Math.floor(seconds / 60)
  const rest = `${Number((seconds - minutes * 60).toFixed(2))}s`
  return minutes > 0 ? `${minutes}m${rest}` : rest
}
