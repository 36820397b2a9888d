import { expect, it } from 'vitest'
import { aRateLimit, anOrgId } from '../../test/builders.ts'
import { openLedger } from '../../test/ledger.ts'
import { rateKey } from '../keys.ts'
import { makeRates } from '../rates.ts'

it('admits 3 requests per hour and tells the fourth when to come back', async () => {
  const { redis } = await openLedger()
  const rates = makeRates(redis)
  const orgId = anOrgId()
  const limits = [aRateLimit({ requestsPerMinute: 100, requestsPerHour: 3 })]
  const left = []
  for (let i = 0; i < 3; i += 1) {
    const reply = await rates.admit(orgId, limits)
    left.push(reply.kind === 'admitted' && reply.remaining?.remaining)
  }
  expect(left).toEqual([2, 1, 0])
  const refused = await rates.admit(orgId, limits)
  expect(refused).toMatchObject({ kind: 'refused', rate: 0, per: 'hour', limit: 3 })
  const wait = refused.kind === 'refused' ? refused.retryAfterMs : 0
  expect(wait > 0 && wait <= 7_200_000).toBe(true)
})

it('counts a refused request in no window', async () => {
  const { redis } = await openLedger()
  const rates = makeRates(redis)
  const orgId = anOrgId()
  const wide = aRateLimit({ requestsPerHour: 100 })
  const tight = aRateLimit({ requestsPerHour: 1 })
  await rates.admit(orgId, [wide, tight])
  expect(await rates.admit(orgId, [wide, tight])).toMatchObject({ kind: 'refused', rate: 1 })
  expect((await redis.get(rateKey('rh', orgId, wide.scope)))?.split(' ')[1]).toBe('1')
})

it('admits exactly 10 of 200 requests that arrive at once', async () => {
  const { redis } = await openLedger()
  const rates = makeRates(redis)
  const orgId = anOrgId()
  const limits = [aRateLimit({ requestsPerHour: 50 }), aRateLimit({ requestsPerHour: 10 })]
  const replies = await Promise.all(Array.from({ length: 200 }, () => rates.admit(orgId, limits)))
  expect(replies.filter((reply) => reply.kind === 'admitted')).toHaveLength(10)
})

it('admits everybody where there are no limits', async () => {
  const { redis } = await openLedger()
  const reply = await makeRates(redis).admit(anOrgId(), [aRateLimit()])
  expect(reply).toEqual({ kind: 'admitted', remaining: null })
})
