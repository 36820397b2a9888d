import { afterAll, beforeAll, expect, it } from 'vitest'
import { aBudget, aKey, aLimit, aPolicy } from '@tollkeeper/testbed/builders'
import { until } from '@tollkeeper/testbed/processes'
import { disposableCluster, type DisposableCluster } from '@tollkeeper/testbed/redis-cluster'
import { ask, says } from '../world/ask.ts'
import { startWorld, type World } from '../world/world.ts'

let cluster: DisposableCluster
let world: World
beforeAll(async () => {
  cluster = await disposableCluster()
  world = await startWorld({ redisUrl: cluster.url })
})
afterAll(async () => {
  await world.stop()
  await cluster.stop()
})

it('answers, limits and charges 12 organisations whose counters lie on three nodes of a Redis Cluster', async () => {
  for (let i = 0; i < 12; i += 1) {
    const policy = aPolicy(world.simulator.url)
    const organisation = { kind: 'organisation', id: policy.orgId, name: 'Acme' } as const
    policy.rateLimits.push(aLimit(organisation, { requestsPerMinute: 1, tokensPerMinute: 10_000 }))
    policy.budgets.push(aBudget(organisation, '1'))
    const key = aKey(policy)
    await world.publish(policy, key)
    expect((await ask(world.url, key, says('Hi'))).status).toBe(200)
    expect((await ask(world.url, key, says('Hi'))).status).toBe(429)
    const attempts = await until(
      async () => {
        const usage = await world.usage(policy)
        return usage.requests.length === 2 ? usage.attempts : undefined
      },
      { within: 10_000 },
    )
    expect(attempts).toMatchObject([{ kind: 'final' }])
    expect(attempts[0]?.amount).toBeGreaterThan(0n)
  }
})
