import { expect, it } from 'vitest'
import { aPermit, aRateLimit, anOrgId } from '../../test/builders.ts'
import { openLedger } from '../../test/ledger.ts'
import { rateKey } from '../keys.ts'
import { makeRates } from '../rates.ts'

it('admits 3 requests per hour and tells the fourth when to come back', async () => {
  const { redis } = await openLedger()
  const rates = makeRates(redis, { leaseMs: 60_000 })
  const orgId = anOrgId()
  const limits = [aRateLimit({ requestsPerMinute: 100, requestsPerHour: 3 })]
  const left = []
  for (let i = 0; i < 3; i += 1) {
    const reply = await rates.admit(orgId, limits, aPermit())
    left.push(reply.kind === 'admitted' && reply.remaining?.remaining)
  }
  expect(left).toEqual([2, 1, 0])
  const refused = await rates.admit(orgId, limits, aPermit())
  expect(refused).toMatchObject({ kind: 'refused', rate: 0, per: 'hour', limit: 3 })
  const wait = refused.kind === 'refused' ? refused.retryAfterMs : 0
  expect(wait > 0 && wait <= 7_200_000).toBe(true)
})

it('counts a refused request in no window', async () => {
  const { redis } = await openLedger()
  const rates = makeRates(redis, { leaseMs: 60_000 })
  const orgId = anOrgId()
  const wide = aRateLimit({ requestsPerHour: 100 })
  const tight = aRateLimit({ requestsPerHour: 1 })
  await rates.admit(orgId, [wide, tight], aPermit())
  expect(await rates.admit(orgId, [wide, tight], aPermit())).toMatchObject({ kind: 'refused', rate: 1 })
  expect(await rates.admit(orgId, [wide], aPermit())).toMatchObject({ kind: 'admitted', remaining: { remaining: 98 } })
})

it('names the limit that refuses among scopes that have one, two or none', async () => {
  const { redis } = await openLedger()
  const rates = makeRates(redis, { leaseMs: 60_000 })
  const orgId = anOrgId()
  const limits = [
    aRateLimit({ requestsPerHour: 50 }),
    aRateLimit({ tokensPerMinute: 1 }),
    aRateLimit({ requestsPerMinute: 9, requestsPerHour: 40 }),
    aRateLimit({ requestsPerHour: 2 }),
  ]
  expect(await rates.admit(orgId, limits, aPermit())).toMatchObject({ remaining: { limit: 2, remaining: 1 } })
  await rates.admit(orgId, limits, aPermit())
  expect(await rates.admit(orgId, limits, aPermit())).toMatchObject({ kind: 'refused', rate: 3, per: 'hour', limit: 2 })
})

it('holds a limit that is set later against what was asked before in the same scope', async () => {
  const { redis } = await openLedger()
  const rates = makeRates(redis, { leaseMs: 60_000 })
  const orgId = anOrgId()
  const limit = aRateLimit({ requestsPerMinute: 100 })
  for (let i = 0; i < 3; i += 1) await rates.admit(orgId, [limit], aPermit())
  const reply = await rates.admit(orgId, [{ ...limit, requestsPerHour: 3 }], aPermit())
  expect(reply).toMatchObject({ kind: 'refused', per: 'hour', limit: 3 })
})

it('keeps 28 bytes per scope, until nothing of its hours is left', async () => {
  const { redis } = await openLedger()
  const orgId = anOrgId()
  const limit = aRateLimit({ requestsPerMinute: 100 })
  const key = rateKey('rq', orgId, limit.scope)
  for (let i = 0; i < 3; i += 1) await makeRates(redis, { leaseMs: 60_000 }).admit(orgId, [limit], aPermit())
  expect(await redis.strlen(key)).toBe(28)
  const left = await redis.pttl(key)
  expect(left > 7_200_000 && left <= 7_261_000).toBe(true)
})

it('admits exactly 10 of 200 requests that arrive at once', async () => {
  const { redis } = await openLedger()
  const rates = makeRates(redis, { leaseMs: 60_000 })
  const orgId = anOrgId()
  const limits = [aRateLimit({ requestsPerHour: 50 }), aRateLimit({ requestsPerHour: 10 })]
  const replies = await Promise.all(Array.from({ length: 200 }, () => rates.admit(orgId, limits, aPermit())))
  expect(replies.filter((reply) => reply.kind === 'admitted')).toHaveLength(10)
})

it('admits everybody where there are no limits', async () => {
  const { redis } = await openLedger()
  const reply = await makeRates(redis, { leaseMs: 60_000 }).admit(anOrgId(), [aRateLimit()], aPermit())
  expect(reply).toEqual({ kind: 'admitted', remaining: null })
})

it('lets exactly 10 of 200 whole answers run at once, and streams beside them', async () => {
  const { redis } = await openLedger()
  const rates = makeRates(redis, { leaseMs: 60_000 })
  const orgId = anOrgId()
  const limits = [aRateLimit({ concurrency: { streams: 2, whole: 10 } })]
  const replies = await Promise.all(Array.from({ length: 200 }, () => rates.admit(orgId, limits, aPermit())))
  expect(replies.filter((reply) => reply.kind === 'admitted')).toHaveLength(10)
  expect(replies.find((reply) => reply.kind !== 'admitted')).toEqual({ kind: 'busy', rate: 0, limit: 10 })
  expect(await rates.admit(orgId, limits, aPermit('streams'))).toMatchObject({ kind: 'admitted' })
})

it('takes no permit of a wide scope when a narrow one is busy, and counts the request in no window', async () => {
  const { redis } = await openLedger()
  const rates = makeRates(redis, { leaseMs: 60_000 })
  const orgId = anOrgId()
  const wide = aRateLimit({ requestsPerHour: 9, concurrency: { streams: null, whole: 2 } })
  const tight = aRateLimit({ concurrency: { streams: null, whole: 1 } })
  await rates.admit(orgId, [wide, tight], aPermit())
  expect(await rates.admit(orgId, [wide, tight], aPermit())).toEqual({ kind: 'busy', rate: 1, limit: 1 })
  expect(await rates.admit(orgId, [wide], aPermit())).toMatchObject({ remaining: { remaining: 7 } })
})

it('lets the next run once a permit was given back, or its lease is over because nobody renewed it', async () => {
  const { redis } = await openLedger()
  const orgId = anOrgId()
  const limits = [aRateLimit({ concurrency: { streams: null, whole: 1 } })]
  const rates = makeRates(redis, { leaseMs: 60_000 })
  const [first, second, third] = [aPermit(), aPermit(), aPermit()]
  await rates.admit(orgId, limits, first)
  expect(await rates.admit(orgId, limits, second)).toMatchObject({ kind: 'busy' })
  await rates.giveBack(orgId, limits, first)
  await rates.giveBack(orgId, limits, first)

  const dead = makeRates(redis, { leaseMs: -1 })
  expect(await dead.admit(orgId, limits, second)).toMatchObject({ kind: 'admitted' })
  expect(await rates.admit(orgId, limits, third)).toMatchObject({ kind: 'admitted' })
  // What is over is not brought back by a late renewal.
  const [limit] = limits
  if (limit) await rates.renewPermits(orgId, limit.scope, 'whole', [second.id])
  await rates.giveBack(orgId, limits, third)
  expect(await rates.admit(orgId, limits, first)).toMatchObject({ kind: 'admitted' })
})
