import { expect, it } from 'vitest'
import { aHold, aNode, anOrgId, settlementOf } from '../../test/builders.ts'
import { openLedger } from '../../test/ledger.ts'
import { epochKey } from '../keys.ts'
import { shardOf } from '../shards.ts'

it('tops a hold of 100 up to 160, and the answer is charged within it', async () => {
  const { budgets, balances } = await openLedger()
  const hold = aHold({ amount: 100n, nodes: [aNode({ limit: 200n }), aNode({ mode: 'soft' })] })
  await budgets.hold(hold)
  expect(await budgets.extend({ ...hold, amount: 160n })).toMatchObject({ kind: 'held', headroom: 40n, tightest: 0 })
  expect(await balances(hold.orgId, hold.nodes)).toEqual([
    [0n, 160n, 200n],
    [0n, 160n, null],
  ])
  expect(await budgets.settle(settlementOf(hold, { amount: 155n }))).toEqual({ kind: 'settled', overage: false })
  expect((await balances(hold.orgId, hold.nodes))[0]).toEqual([155n, 0n, 200n])
})

it('adds once what is asked twice, and takes nothing back', async () => {
  const { budgets, balances } = await openLedger()
  const hold = aHold({ amount: 100n, nodes: [aNode({ limit: 200n })] })
  await budgets.hold(hold)
  for (const amount of [150n, 150n, 120n]) {
    expect(await budgets.extend({ ...hold, amount })).toMatchObject({ kind: 'held', headroom: 50n })
  }
  expect(await balances(hold.orgId, hold.nodes)).toEqual([[0n, 150n, 200n]])
})

it('refuses an addition beyond a limit, on every budget or on none, and tells whether waiting would help', async () => {
  const { budgets, balances } = await openLedger()
  const orgId = anOrgId()
  const nodes = [aNode({ limit: 1_000n }), aNode({ limit: 250n })]
  const hold = aHold({ orgId, amount: 100n, nodes })
  await budgets.hold(hold)
  await budgets.hold(aHold({ orgId, amount: 100n, nodes }))
  expect(await budgets.extend({ ...hold, amount: 151n })).toEqual({
    kind: 'refused',
    by: 'budget',
    reason: 'held',
    node: 1,
    used: 0n,
    held: 200n,
    limit: 250n,
  })
  expect(await budgets.extend({ ...hold, amount: 251n })).toMatchObject({ kind: 'refused', reason: 'over', node: 1 })
  expect((await balances(orgId, nodes)).map((balance) => balance?.[1])).toEqual([200n, 200n])
})

it('adds nothing to what is settled, to another organisation, or under another epoch', async () => {
  const { budgets, redis, balances } = await openLedger()
  const hold = aHold({ amount: 100n, nodes: [aNode({ limit: 200n })] })
  await budgets.hold(hold)
  expect(await budgets.extend({ ...hold, orgId: anOrgId(), amount: 150n })).toEqual({ kind: 'closed' })
  await redis.set(epochKey(shardOf(hold.orgId)), '9')
  expect(await budgets.extend({ ...hold, amount: 150n })).toEqual({ kind: 'fenced' })
  await budgets.epochs.refresh()
  await budgets.settle(settlementOf(hold, { amount: 80n }))
  expect(await budgets.extend({ ...hold, amount: 150n })).toEqual({ kind: 'closed' })
  expect(await balances(hold.orgId, hold.nodes)).toEqual([[80n, 0n, 200n]])
})
