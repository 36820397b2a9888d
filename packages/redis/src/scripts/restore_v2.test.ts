import { expect, it } from 'vitest'
import { aHold, aNode, settlementOf } from '../../test/builders.ts'
import { openLedger } from '../../test/ledger.ts'
import { makeShardKeeper } from '../shard-keeper.ts'
import { shardOf } from '../shards.ts'

const counterOf = ({ orgId, nodes }: ReturnType<typeof aHold>, used: bigint) => {
  const [node] = nodes
  if (!node) throw new Error('The hold has no counter')
  return { orgId, nodeId: node.id, used, windowEndMs: node.window.endMs }
}

it('replaces what a rolled-back counter had used, held and allowed by what the ledger says', async () => {
  const { redis, budgets, balances } = await openLedger()
  const keeper = makeShardKeeper(redis)
  const hold = aHold({ amount: 200n, nodes: [aNode({ limit: 1_000n })] })
  const shard = shardOf(hold.orgId)
  await budgets.hold(hold)
  await keeper.fence(shard, 1)

  const { seq } = await keeper.state(shard)
  const to = { epoch: 2, seq, counters: [counterOf(hold, 801n)], orgIds: [hold.orgId] }
  expect(await keeper.restore(shard, to)).toBe(1)
  expect(await balances(hold.orgId, hold.nodes)).toEqual([[801n, 0n, null]])
  expect(await keeper.open(shard, 3)).toBe(false)
  expect(await keeper.open(shard, 2)).toBe(true)

  await budgets.epochs.refresh(hold.orgId)
  const next = aHold({ orgId: hold.orgId, amount: 200n, nodes: hold.nodes })
  expect(await budgets.hold(next)).toMatchObject({ reason: 'over', used: 801n, limit: 1_000n })
})

it('does nothing when something was charged since the ledger was read', async () => {
  const { redis, budgets, balances } = await openLedger()
  const keeper = makeShardKeeper(redis)
  const hold = aHold({ nodes: [aNode()] })
  const shard = shardOf(hold.orgId)
  await budgets.hold(hold)
  await keeper.fence(shard, 1)
  const { seq } = await keeper.state(shard)
  await budgets.settle(settlementOf(hold, { amount: 30n }))
  const to = { epoch: 2, seq, counters: [counterOf(hold, 0n)], orgIds: [hold.orgId] }
  expect(await keeper.restore(shard, to)).toBeUndefined()
  expect(await balances(hold.orgId, hold.nodes)).toEqual([[30n, 0n, 1_000n]])
})

it('forgets what a counter held that the ledger does not name, and touches no other organisation', async () => {
  const { redis, budgets, balances } = await openLedger()
  const keeper = makeShardKeeper(redis)
  const hold = aHold({ nodes: [aNode({ opening: 40n })] })
  const shard = shardOf(hold.orgId)
  await budgets.hold(hold)
  const other = aHold({ nodes: [aNode()] })
  await budgets.hold(other)
  await keeper.fence(shard, 1)
  const { seq } = await keeper.state(shard)
  expect(await keeper.restore(shard, { epoch: 2, seq, counters: [], orgIds: [hold.orgId] })).toBe(0)
  expect(await balances(hold.orgId, hold.nodes)).toEqual([[40n, 0n, null]])
  expect(await balances(other.orgId, other.nodes)).toEqual([[0n, 100n, 1_000n]])
})

it('replaces no counter of a shard that is open', async () => {
  const { redis } = await openLedger()
  const { orgId } = aHold()
  const shard = shardOf(orgId)
  const keeper = makeShardKeeper(redis)
  await expect(keeper.restore(shard, { epoch: 2, seq: null, counters: [], orgIds: [] })).rejects.toThrow('is open')
  await expect(
    (async () => {
      await redis.zadd(`ls:{${shard}}`, '1', `${orgId}/att_1`)
      await keeper.shelve(shard)
    })(),
  ).rejects.toThrow('is open')
})
