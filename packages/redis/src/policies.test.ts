import { disposableRedis } from '@tollkeeper/testbed/redis'
import { until } from '@tollkeeper/testbed/processes'
import type { KeyId, OrgId } from '@tollkeeper/domain/id'
import type { KeyRecord, OrgPolicy } from '@tollkeeper/domain/policy'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { aMeta, aNode } from '../test/builders.ts'
import { connectRedis, connectRedisPatiently, redisReady } from './connection.ts'
import { makePolicyPublisher, makePolicyReader, type PolicyChange } from './policies.ts'

// A server of its own: announcements reach every database of a server.
let server: Awaited<ReturnType<typeof disposableRedis>>
let redis: ReturnType<typeof connectRedis>
let subscriber: ReturnType<typeof connectRedis>
beforeAll(async () => {
  server = await disposableRedis()
  redis = connectRedis(server.url)
  subscriber = connectRedisPatiently(server.url)
  await redisReady(redis)
})
afterAll(async () => {
  redis.disconnect()
  subscriber.disconnect()
  await server.stop()
})

const aRecord = (publicId: string, version: number, name: string): KeyRecord => ({
  version,
  publicId,
  name,
  hash: 'ab'.repeat(32),
  pepperVersion: 1,
  status: 'active',
  statusChangedAtMs: null,
  expiresAtMs: null,
  scopes: { ...aMeta('org_1' as OrgId).scopes, keyId: 'key_1' as KeyId },
  allowedModels: null,
})

const aPolicy = (orgId: string, version: number): OrgPolicy => ({
  version,
  orgId: orgId as OrgId,
  slug: 'acme',
  name: 'Acme',
  timeZone: 'Europe/Helsinki',
  suspended: false,
  settings: {
    moneyRefusalStatus: 402,
    showAmounts: true,
    defaultMaxOutputTokens: 1_000,
    storeOutage: 'closed',
    joinInFlight: true,
    consoleUrl: null,
  },
  budgets: [aNode({ limit: 9_000_000_000_000_000n }).budget],
  fallbacks: [],
  rateLimits: [],
  providers: [],
  models: [],
})

it('never replaces a newer record by an older one', async () => {
  const publisher = makePolicyPublisher(redis)
  const reader = makePolicyReader(redis, subscriber)
  expect(await publisher.publishKey(aRecord('AAAAAAAA', 2, 'second'))).toBe(true)
  expect(await publisher.publishKey(aRecord('AAAAAAAA', 1, 'first'))).toBe(false)
  expect((await reader.key('AAAAAAAA'))?.name).toBe('second')
  expect(await publisher.publishKey(aRecord('AAAAAAAA', 10, 'tenth'))).toBe(true)
  expect(await reader.key('AAAAAAAA')).toEqual(aRecord('AAAAAAAA', 10, 'tenth'))
})

it('replaces a record by another of the same version, so that a broken one can be repaired', async () => {
  const publisher = makePolicyPublisher(redis)
  const reader = makePolicyReader(redis, subscriber)
  await publisher.publishKey(aRecord('BBBBBBBB', 1, 'z'))
  expect(await publisher.publishKey(aRecord('BBBBBBBB', 1, 'a'))).toBe(true)
  expect((await reader.key('BBBBBBBB'))?.name).toBe('a')
})

it('ends with the newest of 50 versions that are published at once', async () => {
  const publisher = makePolicyPublisher(redis)
  const versions = Array.from({ length: 50 }, (_, i) => (i * 37) % 50)
  await Promise.all(versions.map((version) => publisher.publishKey(aRecord('DDDDDDDD', version, `v${version}`))))
  expect((await makePolicyReader(redis, subscriber).key('DDDDDDDD'))?.name).toBe('v49')
})

it('gives a policy back as it was published, to the last nano-dollar of its limits', async () => {
  const policy = aPolicy('org_round', 1)
  await makePolicyPublisher(redis).publishOrg(policy)
  expect(await makePolicyReader(redis, subscriber).org(policy.orgId)).toEqual(policy)
})

it('knows that a key does not exist only once everything is published', async () => {
  const publisher = makePolicyPublisher(redis)
  const reader = makePolicyReader(redis, subscriber)
  expect(await reader.key('ZZZZZZZZ')).toBeNull()
  expect(await reader.isComplete()).toBe(false)
  await publisher.markComplete()
  expect(await reader.isComplete()).toBe(true)
})

it('announces every change, and none where nothing changed', async () => {
  const publisher = makePolicyPublisher(redis)
  const changes: PolicyChange[] = []
  await makePolicyReader(redis, subscriber).onChange((change) => changes.push(change))
  await publisher.publishKey(aRecord('CCCCCCCC', 2, 'new'))
  await publisher.publishKey(aRecord('CCCCCCCC', 1, 'old'))
  await publisher.publishOrg(aPolicy('org_told', 1))
  await publisher.forgetKey('CCCCCCCC')
  await until(() => changes.length === 3, { within: 5_000 })
  expect(changes).toEqual([
    { kind: 'key', publicId: 'CCCCCCCC' },
    { kind: 'org', orgId: 'org_told' },
    { kind: 'key', publicId: 'CCCCCCCC' },
  ])
  expect(await makePolicyReader(redis, subscriber).key('CCCCCCCC')).toBeNull()
})
