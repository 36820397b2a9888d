import type { OrgId } from '@tollkeeper/domain/id'
import { expect, it } from 'vitest'
import { aHold, aNode, aPermit, aRateLimit, settlementOf } from '../test/builders.ts'
import { openLedger } from '../test/ledger.ts'
import { makeBudgets } from './budgets.ts'
import { makeRates } from './rates.ts'
import { allShards, shardOf } from './shards.ts'
import { makeSweeper } from './sweeper.ts'

it('puts an organisation into the same shard for ever', () => {
  // Changing these strands the counters of every organisation.
  const ids = ['org_1', 'org_2', 'org_acme', 'org_4fQx81'] as OrgId[]
  expect(ids.map(shardOf)).toEqual(['s18', 's40', 's38', 's28'])
})

it('spreads 6,400 organisations over all 64 shards', () => {
  const count = new Map<string, number>()
  for (let i = 0; i < 6_400; i += 1) {
    const shard = shardOf(`org_${i * 7_919}` as OrgId)
    count.set(shard, (count.get(shard) ?? 0) + 1)
  }
  expect(allShards().filter((shard) => (count.get(shard) ?? 0) < 50)).toEqual([])
})

it('declares every key of a call, all in the slot of one shard, as a cluster demands', async () => {
  const { redis } = await openLedger()
  const calls: string[][] = []
  // The same connection, listened to.
  const watched: typeof redis = Object.create(redis)
  watched.evalsha = ((sha: string, count: number, ...rest: string[]) => {
    calls.push(rest.slice(0, count))
    return redis.evalsha(sha, count, ...rest)
  }) as typeof redis.evalsha
  const budgets = makeBudgets(watched, { leaseMs: -1 })
  await budgets.epochs.refresh()
  const scope = { kind: 'team', id: 'team_1', name: 'Team' } as const
  const rates = [
    aRateLimit({
      scope,
      requestsPerHour: 9,
      tokensPerMinute: 99,
      bucket: { capacity: 99, refillPerSecond: 1 },
      concurrency: { streams: 9, whole: 9 },
    }),
  ]
  const hold = aHold({ nodes: [aNode(), aNode()], rates })
  const other = aHold({ orgId: hold.orgId, nodes: hold.nodes, rates })

  await makeRates(watched, { leaseMs: 60_000 }).admit(hold.orgId, rates, aPermit())
  await budgets.hold(hold)
  await budgets.hold(other)
  await budgets.draw({
    ...settlementOf(aHold({ orgId: hold.orgId, nodes: hold.nodes }), { amount: 1n }),
    sliceId: hold.attemptId,
    meta: hold.meta,
  })
  await budgets.renew(hold.orgId, [hold.attemptId])
  await budgets.shrink(hold.orgId, hold.attemptId, hold.nodes, 50n)
  await budgets.settle(settlementOf(hold))
  await makeSweeper(watched, { graceMs: 0 }).sweep(shardOf(hold.orgId))
  await budgets.release(other)

  const tag = `{${shardOf(hold.orgId)}}`
  expect(calls.map((keys) => keys.length)).toEqual([2, 9, 9, 6, 1, 4, 8, 6, 8])
  expect(calls.flat().filter((key) => !key.includes(tag))).toEqual([])
})
