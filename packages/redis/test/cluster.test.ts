import { until } from '@tollkeeper/testbed/processes'
import { disposableCluster, type DisposableCluster } from '@tollkeeper/testbed/redis-cluster'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { connectRedis, connectRedisPatiently, redisReady, StoreUnavailable } from '../src/connection.ts'
import { makePolicyPublisher, makePolicyReader, type PolicyChange } from '../src/policies.ts'
import { aHold, aNode, settlementOf } from './builders.ts'
import { openLedger } from './ledger.ts'

let cluster: DisposableCluster

beforeAll(async () => {
  cluster = await disposableCluster()
})
afterAll(() => cluster.stop())

it('spreads organisations over three nodes of a cluster, and charges each of 60 once', async () => {
  const { budgets, balances } = await openLedger(cluster.url)
  const holds = Array.from({ length: 60 }, () => aHold({ nodes: [aNode({ limit: 1_000n })], amount: 100n }))
  await Promise.all(holds.map((hold) => budgets.hold(hold)))
  await Promise.all(holds.map((hold) => budgets.settle(settlementOf(hold, { amount: 70n }))))
  for (const hold of holds) expect(await balances(hold.orgId, hold.nodes)).toEqual([[70n, 0n, 1_000n]])
  const counters = await Promise.all(
    cluster.urls.map(async (url) => {
      const node = connectRedisPatiently(url)
      onTestFinished(() => node.disconnect())
      return (await node.keys('b:*')).length
    }),
  )
  expect(counters.every((count) => count > 0)).toBe(true)
  expect(counters.reduce((sum, count) => sum + count, 0)).toBe(60)
})

it('hears of a changed policy whatever node it was published on', async () => {
  const [redis, subscriber] = [connectRedis(cluster.url), connectRedisPatiently(cluster.url)]
  onTestFinished(() => {
    redis.disconnect()
    subscriber.disconnect()
  })
  await redisReady(redis)
  const heard: PolicyChange[] = []
  await makePolicyReader(redis, subscriber).onChange((change) => heard.push(change))
  const publisher = makePolicyPublisher(redis)
  for (let i = 0; i < 12; i += 1) await publisher.forgetKey(`key_${i}`)
  await until(() => heard.length === 12, { within: 10_000 })
  expect(heard).toContainEqual({ kind: 'key', publicId: 'key_11' })
})

it('refuses to spend where the node is gone, serves the others, and goes on by itself with what was held', async () => {
  const { budgets, balances } = await openLedger(cluster.url)
  const holds = Array.from({ length: 30 }, () => aHold({ nodes: [aNode({ limit: 150n })], amount: 100n }))
  await Promise.all(holds.map((hold) => budgets.hold(hold)))
  await cluster.kill9(0)
  // The second hold of the same organisation: 100 of 150 are held already.
  const again = holds.map(({ orgId, nodes }) => aHold({ orgId, nodes, amount: 50n }))
  const answers = await Promise.allSettled(again.map((hold) => budgets.hold(hold)))
  const served = answers.filter((answer) => answer.status === 'fulfilled' && answer.value.kind === 'held').length
  const failed = answers.flatMap((answer): unknown[] => (answer.status === 'rejected' ? [answer.reason] : []))
  expect(served).toBeGreaterThan(0)
  expect(failed.length).toBe(30 - served)
  expect(failed.length).toBeGreaterThan(0)
  for (const error of failed) expect(error).toBeInstanceOf(StoreUnavailable)

  await cluster.restart(0)
  for (const hold of again) {
    const reply = await until(() => budgets.hold(hold), { within: 10_000 })
    expect(reply).toMatchObject({ kind: 'held', headroom: 0n })
    expect(await balances(hold.orgId, hold.nodes)).toEqual([[0n, 150n, 150n]])
  }
})
