import { expect, it } from 'vitest'
import { adjustedKey, counterIndexKey, counterKey, lostCountersKey } from '../keys.ts'
import { shardOf } from '../shards.ts'
import { aHold, aNode, anAnswer, endOfTime, settlementOf } from '../../test/builders.ts'
import { openLedger } from '../../test/ledger.ts'
import type { Adjustment, Hold } from '../budgets.ts'

const adjustmentOf = (hold: Hold, amount: bigint, wishes: Partial<Adjustment> = {}): Adjustment => ({
  orgId: hold.orgId,
  attemptId: hold.attemptId,
  amount,
  nodes: hold.nodes.map(({ id }) => ({ id, endMs: endOfTime })),
  meta: { ...hold.meta, priceVersion: 'override:price_2' },
  result: anAnswer,
  cause: { id: 'rate_1', reason: 'The contract says less', actorId: 'mem_1' },
  ...wishes,
})

it('gives back what an attempt was charged too much, once, and tells the ledger who did it and why', async () => {
  const { budgets, balances, events } = await openLedger()
  const nodes = [aNode({ limit: 1_000n }), aNode({ limit: 400n })]
  const hold = aHold({ nodes, amount: 300n })
  await budgets.hold(hold)
  await budgets.settle(settlementOf(hold, { amount: 250n }))
  expect(await budgets.adjust(adjustmentOf(hold, -90n))).toBe('adjusted')
  expect(await budgets.adjust(adjustmentOf(hold, -90n))).toBe('duplicate')
  expect(await balances(hold.orgId, nodes)).toEqual([
    [160n, 0n, 1_000n],
    [160n, 0n, 400n],
  ])
  const [, told, ...rest] = await events(hold.orgId)
  expect(rest).toEqual([])
  expect(told).toMatchObject({
    kind: 'attempt',
    event: {
      kind: 'adjustment',
      attemptId: hold.attemptId,
      amount: -90n,
      nodes: nodes.map(({ id }) => id),
      meta: { priceVersion: 'override:price_2' },
      cause: { id: 'rate_1', reason: 'The contract says less', actorId: 'mem_1' },
    },
  })
})

it('charges what an attempt was charged too little even beyond a limit, which then refuses', async () => {
  const { budgets, balances } = await openLedger()
  const node = aNode({ limit: 400n })
  const hold = aHold({ nodes: [node], amount: 300n })
  await budgets.hold(hold)
  await budgets.settle(settlementOf(hold, { amount: 300n }))
  expect(await budgets.adjust(adjustmentOf(hold, 150n))).toBe('adjusted')
  expect(await balances(hold.orgId, [node])).toEqual([[450n, 0n, 400n]])
  const next = aHold({ orgId: hold.orgId, nodes: [node], amount: 1n })
  expect(await budgets.hold(next)).toMatchObject({ kind: 'refused', reason: 'over', used: 450n, limit: 400n })
})

it('never takes a counter below nothing, and then changes none of them', async () => {
  const { budgets, balances, redis } = await openLedger()
  const nodes = [aNode(), aNode()]
  const [first, second] = nodes
  const hold = aHold({ nodes: [first!], amount: 300n })
  const other = aHold({ orgId: hold.orgId, nodes, amount: 100n })
  for (const each of [hold, other]) {
    await budgets.hold(each)
    await budgets.settle(settlementOf(each))
  }
  const wrong = adjustmentOf(hold, -150n, { nodes: nodes.map(({ id }) => ({ id, endMs: endOfTime })) })
  expect(await budgets.adjust(wrong)).toBe('below')
  expect(await balances(hold.orgId, [first!, second!])).toEqual([
    [400n, 0n, 1_000n],
    [100n, 0n, 1_000n],
  ])
  expect(await redis.exists(adjustedKey(hold.orgId, 'rate_1'))).toBe(0)
  await expect(budgets.adjust(adjustmentOf(hold, 0n))).rejects.toThrow(RangeError)
})

it('leaves a counter of a window that is over and gone alone, and reports one that is lost from an open window', async () => {
  const { budgets, redis } = await openLedger()
  const [over, open] = [aNode(), aNode()]
  const hold = aHold({ nodes: [over, open], amount: 300n })
  await budgets.hold(hold)
  await budgets.settle(settlementOf(hold))
  const { orgId } = hold
  await redis.del(counterKey(orgId, over.id), counterKey(orgId, open.id), counterIndexKey(orgId))
  const nodes = [
    { id: over.id, endMs: null },
    { id: open.id, endMs: endOfTime },
  ]
  expect(await budgets.adjust(adjustmentOf(hold, 40n, { nodes }))).toBe('adjusted')
  expect(await redis.exists(counterKey(orgId, over.id), counterKey(orgId, open.id))).toBe(0)
  expect(await redis.hkeys(counterIndexKey(orgId))).toEqual([counterKey(orgId, open.id)])
  expect(await redis.smembers(lostCountersKey(shardOf(orgId)))).toEqual([`${orgId}/${open.id}`])
  const next = aHold({ orgId, nodes: [open], amount: 1n })
  expect(await budgets.hold(next)).toEqual({ kind: 'missing', node: 0 })
})

it('does nothing in a shard that is closed or was rebuilt since', async () => {
  const { budgets, balances, redis } = await openLedger()
  const node = aNode()
  const hold = aHold({ nodes: [node], amount: 300n })
  await budgets.hold(hold)
  await budgets.settle(settlementOf(hold))
  await redis.set(`ep:{${shardOf(hold.orgId)}}`, '2')
  expect(await budgets.adjust(adjustmentOf(hold, -90n))).toBe('fenced')
  expect(await balances(hold.orgId, [node])).toEqual([[300n, 0n, 1_000n]])
})
