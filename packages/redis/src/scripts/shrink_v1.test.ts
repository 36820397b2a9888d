import { expect, it } from 'vitest'
import { aHold, aNode, settlementOf } from '../../test/builders.ts'
import { openLedger } from '../../test/ledger.ts'

it('gives 70 of a hold of 100 back while the attempt runs, and settles against the rest', async () => {
  const { budgets, balances } = await openLedger()
  const hold = aHold({ amount: 100n, nodes: [aNode(), aNode()] })
  await budgets.hold(hold)
  await budgets.shrink(hold.orgId, hold.attemptId, hold.nodes, 30n)
  await budgets.shrink(hold.orgId, hold.attemptId, hold.nodes, 30n)
  expect(await balances(hold.orgId, hold.nodes)).toEqual([
    [0n, 30n, 1_000n],
    [0n, 30n, 1_000n],
  ])
  expect(await budgets.settle(settlementOf(hold, { amount: 31n }))).toEqual({ kind: 'settled', overage: true })
  expect(await balances(hold.orgId, hold.nodes)).toEqual([
    [31n, 0n, 1_000n],
    [31n, 0n, 1_000n],
  ])
})

it('never makes a hold greater', async () => {
  const { budgets, balances } = await openLedger()
  const hold = aHold({ amount: 100n, nodes: [aNode()] })
  await budgets.hold(hold)
  await expect(budgets.shrink(hold.orgId, hold.attemptId, hold.nodes, 101n)).rejects.toThrow('more than is held')
  expect(await balances(hold.orgId, hold.nodes)).toEqual([[0n, 100n, 1_000n]])
})

it('leaves a closed hold alone', async () => {
  const { budgets, balances } = await openLedger()
  const hold = aHold({ amount: 100n, nodes: [aNode()] })
  await budgets.hold(hold)
  await budgets.settle(settlementOf(hold, { amount: 40n }))
  await budgets.shrink(hold.orgId, hold.attemptId, hold.nodes, 1n)
  expect(await balances(hold.orgId, hold.nodes)).toEqual([[40n, 0n, 1_000n]])
})

it('takes differences of 15 digits exactly', async () => {
  const { budgets, balances } = await openLedger()
  const hold = aHold({ amount: 999_999_999_999_999n, nodes: [aNode({ limit: 9_000_000_000_000_000n })] })
  await budgets.hold(hold)
  await budgets.shrink(hold.orgId, hold.attemptId, hold.nodes, 2n)
  expect(await balances(hold.orgId, hold.nodes)).toEqual([[0n, 2n, 9_000_000_000_000_000n]])
})
