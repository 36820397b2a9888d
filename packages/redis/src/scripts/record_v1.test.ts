import { expect, it } from 'vitest'
import { aHold, anAnswer, aNode } from '../../test/builders.ts'
import { openLedger, type TestLedger } from '../../test/ledger.ts'
import type { LostCharge } from '../budgets.ts'
import { holdKey } from '../keys.ts'

const lost = (hold: ReturnType<typeof aHold>, change: Partial<LostCharge> = {}): LostCharge => ({
  orgId: hold.orgId,
  attemptId: hold.attemptId,
  kind: 'final',
  amount: 30n,
  hold: hold.amount,
  nodes: hold.nodes.map(({ id }) => id),
  meta: hold.meta,
  result: anAnswer,
  ...change,
})

/** A counter with 5 used, and a hold on it of 80 that the store has lost. */
async function afterTheLoss({ budgets, redis }: TestLedger) {
  const hold = aHold({ amount: 80n, nodes: [aNode({ opening: 5n })] })
  await budgets.hold(aHold({ orgId: hold.orgId, nodes: hold.nodes, amount: 0n }))
  await redis.del(holdKey(hold.orgId, hold.attemptId))
  return hold
}

it('charges an attempt whose hold is lost, once', async () => {
  const ledger = await openLedger()
  const hold = await afterTheLoss(ledger)
  expect(await ledger.budgets.recordLost(lost(hold))).toBe(true)
  expect(await ledger.budgets.recordLost(lost(hold))).toBe(false)
  expect(await ledger.balances(hold.orgId, hold.nodes)).toEqual([[35n, 0n, 1_000n]])
  expect(await ledger.events(hold.orgId)).toMatchObject([{ event: { kind: 'final', amount: 30n, hold: 80n } }])
})

it('gives 50 back for an attempt that the ledger has provisionally at 80 and that cost 30', async () => {
  const ledger = await openLedger()
  const hold = aHold({ amount: 80n, nodes: [aNode({ opening: 80n })] })
  await ledger.budgets.hold(aHold({ orgId: hold.orgId, nodes: hold.nodes, amount: 0n }))
  expect(await ledger.budgets.recordLost(lost(hold, { kind: 'correction' }))).toBe(true)
  expect(await ledger.balances(hold.orgId, hold.nodes)).toEqual([[30n, 0n, 1_000n]])
})

it('leaves a provisional charge open to be corrected', async () => {
  const ledger = await openLedger()
  const hold = await afterTheLoss(ledger)
  expect(await ledger.budgets.recordLost(lost(hold, { kind: 'provisional', amount: 80n }))).toBe(true)
  expect(await ledger.budgets.settle({ ...hold, amount: 12n, tokens: 0, result: anAnswer })).toMatchObject({
    kind: 'corrected',
  })
  expect(await ledger.balances(hold.orgId, hold.nodes)).toEqual([[17n, 0n, 1_000n]])
})

it('says no where the hold is there after all', async () => {
  const { budgets, balances } = await openLedger()
  const hold = aHold({ amount: 80n, nodes: [aNode()] })
  await budgets.hold(hold)
  expect(await budgets.recordLost(lost(hold))).toBe(false)
  expect(await balances(hold.orgId, hold.nodes)).toEqual([[0n, 80n, 1_000n]])
})

it('does not let a counter that is not there begin at its opening, without the charge', async () => {
  const { budgets } = await openLedger()
  const hold = aHold({ amount: 80n, nodes: [aNode({ opening: 5n })] })
  expect(await budgets.recordLost(lost(hold))).toBe(true)
  const next = aHold({ orgId: hold.orgId, nodes: hold.nodes, amount: 1n })
  expect(await budgets.hold(next)).toEqual({ kind: 'missing', node: 0 })
})
