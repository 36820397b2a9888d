import { expect, it } from 'vitest'
import { aHold, aNode } from '../../test/builders.ts'
import { openLedger } from '../../test/ledger.ts'
import { epochKey } from '../keys.ts'
import { makeShardKeeper } from '../shard-keeper.ts'
import { shardOf } from '../shards.ts'

it('puts back what a lost shard had spent before it opens it again', async () => {
  const { redis, budgets } = await openLedger()
  const keeper = makeShardKeeper(redis)
  const hold = aHold({ amount: 200n, nodes: [aNode({ limit: 1_000n })] })
  const shard = shardOf(hold.orgId)
  await redis.del(epochKey(shard))

  const windowEndMs = hold.nodes[0]?.window.endMs ?? 0
  const counters = hold.nodes.map((node) => ({ orgId: hold.orgId, nodeId: node.id, used: 801n, windowEndMs }))
  expect(await keeper.restore(shard, counters)).toBe(1)
  expect(await keeper.restore(shard, counters)).toBe(0)
  expect(await budgets.hold(hold)).toEqual({ kind: 'fenced' })
  expect(await keeper.open(shard, 2)).toBe(true)
  expect(await keeper.open(shard, 2)).toBe(false)
  expect(await keeper.epoch(shard)).toBe(2)

  await budgets.epochs.refresh(hold.orgId)
  expect(await budgets.hold(hold)).toMatchObject({ reason: 'over', used: 801n, limit: 1_000n })
})

it('replaces no counter of a shard that is open', async () => {
  const { redis } = await openLedger()
  const hold = aHold()
  const record = { orgId: hold.orgId, nodeId: 'bud_1~-~a0', used: 1n, windowEndMs: 1 }
  await expect(makeShardKeeper(redis).restore(shardOf(hold.orgId), [record])).rejects.toThrow('is open')
})
