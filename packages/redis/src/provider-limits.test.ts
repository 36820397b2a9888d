import type { ProviderId } from '@tollkeeper/domain/id'
import type { LearnedLimits } from '@tollkeeper/domain/provider-limit'
import { sharedRedis } from '@tollkeeper/testbed/redis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { anOrgId } from '../test/builders.ts'
import { connectRedis, redisReady } from './connection.ts'
import { makeProviderLimitStore } from './provider-limits.ts'

let shared: Awaited<ReturnType<typeof sharedRedis>>
let redis: ReturnType<typeof connectRedis>
beforeAll(async () => {
  shared = await sharedRedis()
  redis = connectRedis(shared.url)
  await redisReady(redis)
})
afterAll(async () => {
  redis.disconnect()
  await shared.stop()
})

const learned = (model: string | null, limit: number): LearnedLimits => ({
  providerId: 'prov_1' as ProviderId,
  model,
  credential: 'abc',
  limits: {
    requests: { limit, remaining: null, resetsAtMs: null, per: 'minute' },
    tokens: null,
    inputTokens: null,
    outputTokens: null,
    seenAtMs: 1,
  },
})

it('keeps the newest limits of every model, and shows another organisation nothing', async () => {
  const store = makeProviderLimitStore(redis)
  const [org, other] = [anOrgId(), anOrgId()]
  await store.write(org, [learned('gpt-4o', 500), learned(null, 1_000)])
  await store.write(org, [learned('gpt-4o', 600)])
  expect(await store.read(org)).toEqual(expect.arrayContaining([learned('gpt-4o', 600), learned(null, 1_000)]))
  expect(await store.read(org)).toHaveLength(2)
  expect(await store.read(other)).toEqual([])
})

it('gives the turn to ask to one at a time, for each organisation', async () => {
  const store = makeProviderLimitStore(redis)
  const [org, other] = [anOrgId(), anOrgId()]
  const turns = await Promise.all([1, 2, 3].map(() => store.takeTurn(org, 60_000)))
  expect(turns.filter(Boolean)).toHaveLength(1)
  expect(await store.takeTurn(other, 60_000)).toBe(true)
})
