import { expect, it } from 'vitest'
import { aHold, aNode, settlementOf } from '../../test/builders.ts'
import { openLedger } from '../../test/ledger.ts'
import { makeSweeper } from '../budgets.ts'
import { counterKey, holdKey, leaseMember, leasesKey, sequenceKey, usageStreamKey } from '../keys.ts'
import { shardOf } from '../shards.ts'
import { orphanScript } from '../sweeper.ts'

it('charges the whole hold of an owner that is gone, provisionally', async () => {
  const { shortLived, sweeper, balances, events } = await openLedger()
  const hold = aHold({ amount: 80n, nodes: [aNode(), aNode()] })
  await shortLived.hold(hold)

  expect(await sweeper.sweep(shardOf(hold.orgId))).toBe(1)
  expect(await sweeper.sweep(shardOf(hold.orgId))).toBe(0)

  expect(await balances(hold.orgId, hold.nodes)).toEqual([
    [80n, 0n, 1_000n],
    [80n, 0n, 1_000n],
  ])
  expect(await events(hold.orgId)).toMatchObject([
    {
      kind: 'attempt',
      event: {
        attemptId: hold.attemptId,
        kind: 'provisional',
        amount: 80n,
        hold: 80n,
        result: { outcome: 'unknown', usageSource: 'held', tokens: {}, status: null },
      },
    },
  ])
})

it('corrects the provisional charge when the owner settles after all', async () => {
  const { shortLived, sweeper, balances, events } = await openLedger()
  const hold = aHold({ amount: 80n, nodes: [aNode()] })
  await shortLived.hold(hold)
  await sweeper.sweep(shardOf(hold.orgId))
  expect(await shortLived.settle(settlementOf(hold, { amount: 25n }))).toEqual({ kind: 'corrected', overage: false })
  expect(await shortLived.settle(settlementOf(hold, { amount: 25n }))).toMatchObject({ kind: 'duplicate' })
  expect(await balances(hold.orgId, hold.nodes)).toEqual([[25n, 0n, 1_000n]])
  const kinds = (await events(hold.orgId)).map((payload) => payload.kind === 'attempt' && payload.event)
  expect(kinds).toMatchObject([
    { kind: 'provisional', amount: 80n },
    { kind: 'correction', amount: 25n, hold: 80n },
  ])
})

it('leaves a hold alone whose lease runs, or ended within the grace', async () => {
  const { budgets, shortLived, sweeper, redis, balances } = await openLedger()
  const running = aHold({ amount: 5n, nodes: [aNode()] })
  const ended = aHold({ orgId: running.orgId, amount: 5n, nodes: running.nodes })
  await budgets.hold(running)
  await shortLived.hold(ended)
  expect(await makeSweeper(redis, { graceMs: 60_000 }).sweep(shardOf(running.orgId))).toBe(0)
  expect(await sweeper.sweep(shardOf(running.orgId))).toBe(1)
  expect(await balances(running.orgId, running.nodes)).toEqual([[5n, 5n, 1_000n]])
})

it('leaves a hold alone that was renewed after it was found due', async () => {
  const { budgets, shortLived, redis, balances } = await openLedger()
  const hold = aHold({ nodes: [aNode()] })
  const { orgId, attemptId, nodes } = hold
  await shortLived.hold(hold)
  await budgets.renew(orgId, [attemptId])
  const shard = shardOf(orgId)
  const keys = [sequenceKey(shard), holdKey(orgId, attemptId), leasesKey(shard), usageStreamKey(shard)]
  const args = [leaseMember(orgId, attemptId), attemptId, 0, nodes[0]?.id ?? '', '{}']
  expect(await orphanScript.run(redis, [...keys, counterKey(orgId, nodes[0]?.id ?? '')], args)).toEqual(['SKIP'])
  expect(await balances(orgId, nodes)).toEqual([[0n, 100n, 1_000n]])
})

it('sweeps nothing for 15 s after the clock of the store was set, so that those who live can renew', async () => {
  const { shortLived, redis } = await openLedger()
  let ownMs = 0
  const sweeper = makeSweeper(redis, { graceMs: 0, monotonicMs: () => ownMs })
  const hold = aHold()
  const shard = shardOf(hold.orgId)
  expect(await sweeper.sweep(shard)).toBe(0)
  await shortLived.hold(hold)
  // Our own clock says that an hour has passed, the store's that none has.
  ownMs += 3_600_000
  const swept = []
  for (let i = 0; i < 5; i += 1) {
    swept.push(await sweeper.sweep(shard))
    ownMs += 4_000
  }
  expect(swept).toEqual([0, 0, 0, 0, 1])
})

it('charges each of 100 orphans once while four sweepers run at once', async () => {
  const { shortLived, redis, balances, events } = await openLedger()
  const first = aHold({ amount: 3n, nodes: [aNode()] })
  const holds = [
    first,
    ...Array.from({ length: 99 }, () => aHold({ orgId: first.orgId, amount: 3n, nodes: first.nodes })),
  ]
  await Promise.all(holds.map((hold) => shortLived.hold(hold)))
  const sweepers = Array.from({ length: 4 }, () => makeSweeper(redis, { graceMs: 0 }))
  const counts = await Promise.all(sweepers.map((sweeper) => sweeper.sweep(shardOf(first.orgId))))
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(100)
  expect(await balances(first.orgId, first.nodes)).toEqual([[300n, 0n, 1_000n]])
  expect(await events(first.orgId)).toHaveLength(100)
})
