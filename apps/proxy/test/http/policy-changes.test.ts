import { connectRedis, redisReady } from '@tollkeeper/redis/connection'
import { makePolicyPublisher, type PolicyPublisher } from '@tollkeeper/redis/policies'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aBudget, aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { until } from '@tollkeeper/testbed/processes'
import { ask, says } from '../world/ask.ts'
import { startWorld, type RunningProxy, type World } from '../world/world.ts'

let world: World
let two: RunningProxy[]
beforeAll(async () => {
  world = await startWorld()
  two = [world.first, await world.startProxy()]
})
afterAll(() => world.stop())

async function inUse() {
  const policy = aPolicy(world.simulator.url)
  const budget = aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, '5')
  policy.budgets.push(budget)
  const key = aKey(policy)
  await world.publish(policy, key)
  const statuses = () => Promise.all(two.map(async ({ url }) => (await ask(url, key, says('Hi'))).status))
  expect(await statuses()).toEqual([200, 200])
  return { policy, budget, key, statuses }
}

/** Waits until both proxies answer with that status, and that they stay with it. */
async function both(status: number, statuses: () => Promise<number[]>, within: number) {
  const wanted = [status, status]
  await until(async () => JSON.stringify(await statuses()) === JSON.stringify(wanted), {
    within,
    what: `${status} twice`,
  })
  expect(await statuses()).toEqual(wanted)
}

/** Publishes as usual, but the announcement reaches nobody. */
async function silently(publish: (publisher: PolicyPublisher) => Promise<boolean>): Promise<void> {
  const redis = connectRedis(world.redisUrl)
  await redisReady(redis)
  expect(await publish(makePolicyPublisher(Object.assign(redis, { publish: async () => 0 })))).toBe(true)
  redis.disconnect()
}

describe('within a second, on two proxies', () => {
  it('a revoked key stops working', async () => {
    const { policy, key, statuses } = await inUse()
    await world.publish(policy, { ...key, record: { ...key.record, version: 2, status: 'revoked' } })
    await both(401, statuses, 1_000)
  })

  it('a lowered limit refuses, and a raised one answers again', async () => {
    const { policy, budget, statuses } = await inUse()
    const withLimit = (limit: bigint, version: number) => ({
      ...policy,
      version,
      budgets: [{ ...budget, limit, version }],
    })
    await world.publish(withLimit(1_000n, 2))
    await both(402, statuses, 1_000)
    await world.publish(withLimit(5_000_000_000n, 3))
    await both(200, statuses, 1_000)
  })

  it('a suspended organisation stops', async () => {
    const { policy, statuses } = await inUse()
    await world.publish({ ...policy, version: 2, suspended: true })
    await both(403, statuses, 1_000)
  })

  it('a new key works, also when it was tried before it was there', async () => {
    const policy = aPolicy(world.simulator.url)
    const key = aKey(policy)
    await world.publish(policy)
    const statuses = () => Promise.all(two.map(async ({ url }) => (await ask(url, key, says('Hi'))).status))
    expect(await statuses()).toEqual([401, 401])
    await world.publish(policy, key)
    await both(200, statuses, 1_000)
  })
})

describe('within six seconds, when the announcement is lost', () => {
  it('a revoked key stops working while it is in constant use', async () => {
    const { key, statuses } = await inUse()
    await silently((publisher) => publisher.publishKey({ ...key.record, version: 2, status: 'revoked' }))
    await both(401, statuses, 6_000)
  })

  it('a suspended organisation stops', async () => {
    const { policy, statuses } = await inUse()
    await silently((publisher) => publisher.publishOrg({ ...policy, version: 2, suspended: true }))
    await both(403, statuses, 6_000)
  })
})
