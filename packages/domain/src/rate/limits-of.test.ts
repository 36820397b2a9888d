import { expect, it } from 'vitest'
import { permitLimitsOf, rateLimit, requestLimitsOf, tokenLimitsOf, type RateLimit } from './index.ts'

const none: RateLimit = {
  scope: { kind: 'team', id: 'team_1', name: 'Data' },
  requestsPerMinute: null,
  requestsPerHour: null,
  tokensPerMinute: null,
  tokensPerHour: null,
  bucket: null,
  concurrency: null,
}
const all: RateLimit = {
  ...none,
  scope: { kind: 'key', id: 'key_1', name: 'ci' },
  requestsPerMinute: 60,
  requestsPerHour: 900,
  tokensPerMinute: 1_000,
  tokensPerHour: 9_000,
  bucket: { capacity: 500, refillPerSecond: 1.5 },
  concurrency: { streams: 3, whole: null },
}

it('takes tokens from the bucket, the minute and the hour of a scope, and names which limit of the chain each is', () => {
  const { scope } = all
  expect(tokenLimitsOf([none, all])).toEqual([
    {
      id: 'tb/key:key_1',
      scope,
      rate: 1,
      unit: 'bucket',
      limit: 500,
      // Micro-tokens, and those of a millisecond.
      rule: { capacity: 500_000_000, refillPerMs: 1_500 },
    },
    { id: 'tm/key:key_1', scope, rate: 1, unit: 'minute', limit: 1_000, rule: { limit: 1_000, lengthMs: 60_000 } },
    { id: 'th/key:key_1', scope, rate: 1, unit: 'hour', limit: 9_000, rule: { limit: 9_000, lengthMs: 3_600_000 } },
  ])
})

it('counts requests in the minute before the hour', () => {
  const { scope } = all
  expect(requestLimitsOf([none, all])).toEqual([
    { scope, rate: 1, per: 'minute', rule: { limit: 60, lengthMs: 60_000 } },
    { scope, rate: 1, per: 'hour', rule: { limit: 900, lengthMs: 3_600_000 } },
  ])
})

it('has permits of streams and of whole answers apart', () => {
  expect(permitLimitsOf([none, all], 'streams')).toEqual([{ scope: all.scope, rate: 1, limit: 3 }])
  expect(permitLimitsOf([none, all], 'whole')).toEqual([])
})

it('reads limits of releases that knew none per hour of tokens and none on concurrency', () => {
  const { tokensPerHour: _, concurrency: __, ...old } = none
  expect(rateLimit.parse(old)).toEqual(none)
  expect(rateLimit.parse(all)).toEqual(all)
})

it.each([
  ['a limit of 0', { requestsPerMinute: 0 }],
  ['a limit beyond a billion', { tokensPerMinute: 1_000_000_001 }],
  ['half a request', { requestsPerHour: 1.5 }],
  ['no tokens in an hour', { tokensPerHour: 0 }],
  ['an empty bucket', { bucket: { capacity: 0, refillPerSecond: 1 } }],
  ['a bucket that leaks', { bucket: { capacity: 1, refillPerSecond: -1 } }],
  ['a bucket that nobody fills', { bucket: { capacity: 1 } }],
  ['no permits', { concurrency: { streams: 0, whole: null } }],
  ['permits for half', { concurrency: { streams: 1 } }],
  ['more permits than a million', { concurrency: { streams: null, whole: 1_000_001 } }],
  ['a scope without a name', { scope: { kind: 'team', id: 'team_1' } }],
])('refuses %s', (_, wrong) => {
  expect(rateLimit.safeParse({ ...none, ...wrong }).success).toBe(false)
})
