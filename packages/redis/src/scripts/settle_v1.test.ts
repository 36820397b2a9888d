import { expect, it } from 'vitest'
import { aHold, aNode, aRateLimit, aRequestEvent, anAnswer, settlementOf } from '../../test/builders.ts'
import { openLedger } from '../../test/ledger.ts'
import { holdKey, leaseMember, leasesKey, rateKey } from '../keys.ts'
import { shardOf } from '../shards.ts'

it('charges 30 of a hold of 100 on every budget, gives 70 back and writes one event', async () => {
  const { budgets, balances, events } = await openLedger()
  const hold = aHold({ amount: 100n, nodes: [aNode(), aNode({ mode: 'soft' })] })
  await budgets.hold(hold)

  expect(await budgets.settle(settlementOf(hold, { amount: 30n }))).toEqual({ kind: 'settled', overage: false })

  expect(await balances(hold.orgId, hold.nodes)).toEqual([
    [30n, 0n, 1_000n],
    [30n, 0n, null],
  ])
  expect(await events(hold.orgId)).toEqual([
    {
      kind: 'attempt',
      event: {
        attemptId: hold.attemptId,
        kind: 'final',
        amount: 30n,
        hold: 100n,
        nodes: hold.nodes.map((node) => node.id),
        meta: hold.meta,
        result: anAnswer,
      },
      request: null,
    },
  ])
})

it('charges an answer that cost more than was held in full, and says so', async () => {
  const { budgets, balances } = await openLedger()
  const hold = aHold({ amount: 100n, nodes: [aNode({ limit: 100n })] })
  await budgets.hold(hold)
  expect(await budgets.settle(settlementOf(hold, { amount: 101n }))).toEqual({ kind: 'settled', overage: true })
  expect(await balances(hold.orgId, hold.nodes)).toEqual([[101n, 0n, 100n]])
})

it('charges once, however often it is told', async () => {
  const { budgets, balances, events } = await openLedger()
  const hold = aHold({ nodes: [aNode()] })
  await budgets.hold(hold)
  const kinds = []
  for (let i = 0; i < 3; i += 1) kinds.push((await budgets.settle(settlementOf(hold, { amount: 9n }))).kind)
  expect(kinds).toEqual(['settled', 'duplicate', 'duplicate'])
  expect(await balances(hold.orgId, hold.nodes)).toEqual([[9n, 0n, 1_000n]])
  expect(await events(hold.orgId)).toHaveLength(1)
})

it('records an attempt that cost nothing', async () => {
  const { budgets, balances, events } = await openLedger()
  const hold = aHold({ amount: 0n, nodes: [aNode({ limit: 0n })] })
  expect(await budgets.hold(hold)).toMatchObject({ kind: 'held', headroom: 0n })
  expect(await budgets.settle(settlementOf(hold, { amount: 0n }))).toEqual({ kind: 'settled', overage: false })
  expect(await balances(hold.orgId, hold.nodes)).toEqual([[0n, 0n, 0n]])
  expect(await events(hold.orgId)).toMatchObject([{ event: { kind: 'final', amount: 0n, hold: 0n } }])
})

it("carries the request's row in the same entry", async () => {
  const { budgets, events } = await openLedger()
  const hold = aHold()
  await budgets.hold(hold)
  const request = aRequestEvent(hold.orgId)
  await budgets.settle(settlementOf(hold, { request }))
  expect(await events(hold.orgId)).toMatchObject([{ kind: 'attempt', event: { nodes: [] }, request }])
})

it('charges nothing for a hold that is not there', async () => {
  const { budgets, balances, events } = await openLedger()
  const hold = aHold({ nodes: [aNode()] })
  expect(await budgets.settle(settlementOf(hold))).toEqual({ kind: 'gone', overage: false })
  expect(await balances(hold.orgId, hold.nodes)).toEqual([null])
  expect(await events(hold.orgId)).toEqual([])
})

it('charges the budgets the hold was taken on, even if the caller names others', async () => {
  const { budgets, balances } = await openLedger()
  const hold = aHold({ nodes: [aNode(), aNode()] })
  await budgets.hold(hold)
  const other = aNode()
  await budgets.settle({ ...settlementOf(hold, { amount: 7n }), nodes: [other] })
  expect(await balances(hold.orgId, [...hold.nodes, other])).toEqual([[7n, 0n, 1_000n], [7n, 0n, 1_000n], null])
})

it('corrects tokens to what was used, down and up', async () => {
  const { budgets, redis } = await openLedger()
  const rate = aRateLimit({ tokensPerMinute: 100, bucket: { capacity: 100, refillPerSecond: 0 } })
  const state = async (orgId: typeof first.orgId) => [
    (await redis.get(rateKey('tm', orgId, rate.scope)))?.split(' ')[1],
    (await redis.get(rateKey('tb', orgId, rate.scope)))?.split(' ')[0],
  ]
  const first = aHold({ tokens: 60, rates: [rate] })
  await budgets.hold(first)
  expect(await state(first.orgId)).toEqual(['60', '40000000'])
  await budgets.settle(settlementOf(first, { tokens: 20 }))
  expect(await state(first.orgId)).toEqual(['20', '80000000'])

  const second = aHold({ orgId: first.orgId, tokens: 80, rates: [rate] })
  await budgets.hold(second)
  await budgets.settle(settlementOf(second, { tokens: 95 }))
  expect(await state(first.orgId)).toEqual(['115', '-15000000'])
})

it('ends the lease and keeps the closed hold for a day', async () => {
  const { budgets, redis } = await openLedger()
  const hold = aHold()
  await budgets.hold(hold)
  const leases = leasesKey(shardOf(hold.orgId))
  const member = leaseMember(hold.orgId, hold.attemptId)
  expect(await redis.zscore(leases, member)).not.toBeNull()
  expect(await redis.pttl(holdKey(hold.orgId, hold.attemptId))).toBe(-1)
  await budgets.settle(settlementOf(hold))
  expect(await redis.zscore(leases, member)).toBeNull()
  const left = await redis.pttl(holdKey(hold.orgId, hold.attemptId))
  expect(left > 86_300_000 && left <= 86_400_000).toBe(true)
})
