import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ceilingOf, readReset, windowOf, withLearned, type ProviderLimit, type ProviderLimits } from './index.ts'

const now = Date.UTC(2026, 10, 27, 22, 40)

it('reads the durations that providers send', () => {
  const ms = (text: string) => readReset(text, now)?.ms
  expect(ms('20ms')).toBe(20)
  expect(ms('500ms')).toBe(500)
  expect(ms('8.64s')).toBe(8_640)
  expect(ms('1m26.4s')).toBe(86_400)
  expect(ms('6m0s')).toBe(360_000)
  expect(ms('1h30m')).toBe(5_400_000)
  expect(ms('2d')).toBe(172_800_000)
  expect(ms('1s')).toBe(1_000)
  expect(ms('0s')).toBe(0)
})

it('reads moments, and those that have passed as now', () => {
  expect(readReset('2026-11-27T22:40:30Z', now)?.ms).toBe(30_000)
  expect(readReset('2026-11-27T23:41:00+01:00', now)?.ms).toBe(60_000)
  expect(readReset('2026-11-27T22:39:00Z', now)?.ms).toBe(0)
})

it('takes garbage for nothing, never for zero', () => {
  const garbage = [
    '',
    '7',
    'soon',
    '-1s',
    '1e3s',
    ' 1s',
    '1s ',
    's',
    '1x',
    '1s1s',
    '5s3h',
    '1.s',
    'NaN',
    '2026-13-01T00:00:00Z',
    '9'.repeat(40) + 's',
    '400d',
  ]
  expect(garbage.filter((text) => readReset(text, now) !== undefined)).toEqual([])
})

it('never gives a reset that is not a whole number of ms within a year', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^(\d{1,5}(\.\d{1,3})?(ms|s|m|h|d)){1,3}$/)), (text) => {
      const reset = readReset(text, now)
      expect(reset === undefined || (Number.isSafeInteger(reset.ms) && reset.ms >= 0)).toBe(true)
    }),
  )
})

const told = (limit: number, remaining: number, reset: string) => {
  const read = readReset(reset, now)
  if (!read) throw new Error(reset)
  return { limit, remaining, reset: read }
}

it('tells minute, hour and day apart by how long what was used takes to come back', () => {
  expect(windowOf(told(10_000, 9_999, '8.64s'))).toBe('day')
  expect(windowOf(told(500, 499, '120ms'))).toBe('minute')
  expect(windowOf(told(500, 499, '123ms'))).toBe('minute')
  expect(windowOf(told(150_000_000, 149_999_950, '1ms'))).toBe('minute')
  expect(windowOf(told(100, 99, '36s'))).toBe('hour')
  expect(windowOf(told(200, 100, '12h0m0s'))).toBe('day')
  expect(windowOf(told(30_000, 0, '1m0s'))).toBe('minute')
})

it('keeps the window it knows when nothing was used', () => {
  expect(windowOf(told(500, 500, '0s'), 'day')).toBe('day')
  expect(windowOf(undefined)).toBe('minute')
})

const limit = (value: number, per: ProviderLimit['per'] = 'minute'): ProviderLimit => ({
  limit: value,
  remaining: null,
  resetsAtMs: null,
  per,
})
const limits = (change: Partial<ProviderLimits>): ProviderLimits => ({
  requests: null,
  tokens: null,
  inputTokens: null,
  outputTokens: null,
  seenAtMs: now,
  ...change,
})

it('makes a ceiling of limits per minute and hour, not of those per day', () => {
  const none = { requestsPerMinute: null, requestsPerHour: null, tokensPerMinute: null, tokensPerHour: null }
  expect(ceilingOf(limits({ requests: limit(500), tokens: limit(30_000) }))).toEqual({
    ...none,
    requestsPerMinute: 500,
    tokensPerMinute: 30_000,
  })
  expect(ceilingOf(limits({ requests: limit(900, 'hour'), tokens: limit(30_000) }))).toEqual({
    ...none,
    requestsPerHour: 900,
    tokensPerMinute: 30_000,
  })
  expect(ceilingOf(limits({ requests: limit(10_000, 'day') }))).toBeNull()
  expect(ceilingOf(limits({ inputTokens: limit(40_000), outputTokens: limit(8_000) }))).toEqual({
    ...none,
    tokensPerMinute: 48_000,
  })
  expect(ceilingOf(limits({ inputTokens: limit(40_000, 'hour'), outputTokens: limit(8_000, 'hour') }))).toEqual({
    ...none,
    tokensPerHour: 48_000,
  })
  expect(ceilingOf(limits({ inputTokens: limit(40_000), outputTokens: limit(8_000, 'hour') }))).toBeNull()
  expect(ceilingOf(limits({ inputTokens: limit(40_000) }))).toBeNull()
})

it('keeps what a later answer does not tell', () => {
  const before = limits({ requests: limit(500), tokens: limit(30_000) })
  expect(withLearned(before, limits({ tokens: limit(60_000), seenAtMs: now + 1 }))).toEqual({
    ...before,
    tokens: limit(60_000),
    seenAtMs: now + 1,
  })
})
