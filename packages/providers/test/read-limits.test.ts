import { expect, it } from 'vitest'
import { readLimits } from '../src/index.ts'

const now = Date.UTC(2026, 10, 27, 22, 40)

it("reads OpenAI's headers: 10,000 requests a day and 200,000 tokens a minute", () => {
  const limits = readLimits(
    {
      'x-ratelimit-limit-requests': '10000',
      'x-ratelimit-remaining-requests': '9999',
      'x-ratelimit-reset-requests': '8.64s',
      'x-ratelimit-limit-tokens': '200000',
      'x-ratelimit-remaining-tokens': '199000',
      'x-ratelimit-reset-tokens': '300ms',
    },
    now,
  )
  expect(limits).toEqual({
    requests: { limit: 10_000, remaining: 9_999, resetsAtMs: now + 8_640, per: 'day' },
    tokens: { limit: 200_000, remaining: 199_000, resetsAtMs: now + 300, per: 'minute' },
    inputTokens: null,
    outputTokens: null,
    seenAtMs: now,
  })
})

it("reads Anthropic's headers, whose resets are moments", () => {
  const limits = readLimits(
    {
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '25',
      'anthropic-ratelimit-requests-reset': '2026-11-27T22:40:30Z',
      'anthropic-ratelimit-input-tokens-limit': '40000',
      'anthropic-ratelimit-input-tokens-remaining': '40000',
      'anthropic-ratelimit-input-tokens-reset': '2026-11-27T22:40:00Z',
    },
    now,
  )
  expect(limits).toMatchObject({
    requests: { limit: 50, remaining: 25, resetsAtMs: now + 30_000, per: 'minute' },
    tokens: null,
    inputTokens: { limit: 40_000, remaining: 40_000, per: 'minute' },
  })
})

it('finds nothing in headers that state no limit or nonsense', () => {
  expect(readLimits({}, now)).toBeUndefined()
  const nonsense = ['0', '-5', '1e9', 'unlimited', '']
  const read = nonsense.map((value) => readLimits({ 'x-ratelimit-limit-requests': value }, now))
  expect(read).toEqual(nonsense.map(() => undefined))
  expect(readLimits({ 'x-ratelimit-limit-requests': ['5', '6'] }, now)).toBeUndefined()
})

it('keeps the window it knows when nothing of a limit is used', () => {
  const headers = {
    'x-ratelimit-limit-requests': '10000',
    'x-ratelimit-remaining-requests': '10000',
    'x-ratelimit-reset-requests': '0s',
  }
  const known = readLimits(
    { ...headers, 'x-ratelimit-remaining-requests': '9999', 'x-ratelimit-reset-requests': '8.64s' },
    now,
  )
  expect(readLimits(headers, now + 60_000, known)?.requests).toMatchObject({ limit: 10_000, per: 'day' })
  expect(readLimits(headers, now)?.requests).toMatchObject({ per: 'minute' })
})
