import { expect, it } from 'vitest'
import { aHold, aNode, aRateLimit, settlementOf } from '../../test/builders.ts'
import { openLedger } from '../../test/ledger.ts'
import { rateKey } from '../keys.ts'
import { shardOf } from '../shards.ts'

it('gives money and tokens back and writes nothing', async () => {
  const { budgets, redis, balances, events } = await openLedger()
  const rate = aRateLimit({ tokensPerMinute: 100, bucket: { capacity: 100, refillPerSecond: 0 } })
  const hold = aHold({ nodes: [aNode(), aNode()], rates: [rate], tokens: 30 })
  await budgets.hold(hold)

  await budgets.release(hold)
  await budgets.release(hold)

  expect(await balances(hold.orgId, hold.nodes)).toEqual([
    [0n, 0n, 1_000n],
    [0n, 0n, 1_000n],
  ])
  expect((await redis.get(rateKey('tm', hold.orgId, rate.scope)))?.split(' ')[1]).toBe('0')
  expect((await redis.get(rateKey('tb', hold.orgId, rate.scope)))?.split(' ')[0]).toBe('100000000')
  expect(await events(hold.orgId)).toEqual([])
})

it('stops a hold that arrives after its release, over a connection that was slow to break', async () => {
  const { budgets, balances } = await openLedger()
  const hold = aHold({ nodes: [aNode()] })
  await budgets.release(hold)
  await expect(budgets.hold(hold)).rejects.toThrow('in state R')
  expect(await balances(hold.orgId, hold.nodes)).toEqual([null])
})

it('takes nothing back from an attempt that is settled', async () => {
  const { budgets, balances } = await openLedger()
  const hold = aHold({ nodes: [aNode()] })
  await budgets.hold(hold)
  await budgets.settle(settlementOf(hold, { amount: 60n }))
  await budgets.release(hold)
  expect(await balances(hold.orgId, hold.nodes)).toEqual([[60n, 0n, 1_000n]])
})

it('does not charge an attempt that was released', async () => {
  const { budgets, balances } = await openLedger()
  const hold = aHold({ nodes: [aNode()] })
  await budgets.hold(hold)
  await budgets.release(hold)
  expect(await budgets.settle(settlementOf(hold))).toMatchObject({ kind: 'gone' })
  expect(await balances(hold.orgId, hold.nodes)).toEqual([[0n, 0n, 1_000n]])
})

it('corrects a provisional charge to 0 when the attempt proves not to have been sent', async () => {
  const { shortLived, sweeper, balances, events } = await openLedger()
  const hold = aHold({ amount: 80n, nodes: [aNode()] })
  await shortLived.hold(hold)
  await sweeper.sweep(shardOf(hold.orgId))
  await shortLived.release(hold)
  await shortLived.release(hold)
  expect(await balances(hold.orgId, hold.nodes)).toEqual([[0n, 0n, 1_000n]])
  expect(await events(hold.orgId)).toMatchObject([
    { event: { kind: 'provisional', amount: 80n } },
    { event: { kind: 'correction', amount: 0n, hold: 80n, result: { outcome: 'not-sent' } } },
  ])
})
