import type { AttemptId } from '@tollkeeper/domain/id'
import { ledgerAmountOf } from '@tollkeeper/domain/usage'
import { expect, it } from 'vitest'
import { aHold, aMeta, aNode, aRequestEvent, settlementOf } from '../../test/builders.ts'
import { openLedger, type TestLedger } from '../../test/ledger.ts'
import type { Hold } from '../budgets.ts'
import { shardOf } from '../shards.ts'

/** What an attempt of its own cost, to be paid by a slice. */
const drawOf = (slice: Hold, amount: bigint, attemptId?: string) => {
  const attempt = aHold({ orgId: slice.orgId, nodes: slice.nodes })
  return {
    ...settlementOf(attempt, { amount }),
    ...(attemptId === undefined ? {} : { attemptId: attemptId as AttemptId }),
    sliceId: slice.attemptId,
    meta: aMeta(slice.orgId),
  }
}

/** `[id, kind, amount in the ledger]` of each event, in order. */
async function ledgerOf({ events }: TestLedger, { orgId }: Hold) {
  return (await events(orgId)).map((payload) => {
    if (payload.kind !== 'attempt') throw new Error(payload.kind)
    return [payload.event.attemptId, payload.event.kind, ledgerAmountOf(payload.event)] as const
  })
}

it('pays two attempts out of a slice of 100, and gives back what is left of it', async () => {
  const ledger = await openLedger()
  const { budgets, balances } = ledger
  const slice = aHold({ amount: 100n, tokens: 0, nodes: [aNode(), aNode({ mode: 'soft' })] })
  await budgets.hold(slice)
  expect(await budgets.draw(drawOf(slice, 30n, 'first'))).toEqual({ kind: 'drawn', overage: false })
  expect(await budgets.draw(drawOf(slice, 0n, 'free'))).toEqual({ kind: 'drawn', overage: false })
  expect(await balances(slice.orgId, slice.nodes)).toEqual([
    [30n, 70n, 1_000n],
    [30n, 70n, null],
  ])
  await budgets.draw(drawOf(slice, 25n, 'second'))
  await budgets.release(slice)
  expect(await balances(slice.orgId, slice.nodes)).toEqual([
    [55n, 0n, 1_000n],
    [55n, 0n, null],
  ])
  expect(await ledgerOf(ledger, slice)).toEqual([
    ['first', 'final', 30n],
    ['free', 'final', 0n],
    ['second', 'final', 25n],
  ])
})

it('charges an attempt once, however often it is told, with the row of its request', async () => {
  const { budgets, balances, events } = await openLedger()
  const slice = aHold({ amount: 100n, nodes: [aNode()] })
  await budgets.hold(slice)
  const draw = { ...drawOf(slice, 9n), request: aRequestEvent(slice.orgId) }
  const kinds = []
  for (let i = 0; i < 3; i += 1) kinds.push((await budgets.draw(draw)).kind)
  expect(kinds).toEqual(['drawn', 'duplicate', 'duplicate'])
  expect(await balances(slice.orgId, slice.nodes)).toEqual([[9n, 91n, 1_000n]])
  expect(await events(slice.orgId)).toMatchObject([{ kind: 'attempt', request: draw.request }])
})

it('moves money out of the charge of a slice that was swept, attempt by attempt, and the rest out of it at the end', async () => {
  const ledger = await openLedger()
  const { budgets, shortLived, sweeper, balances } = ledger
  const slice = aHold({ amount: 100n, nodes: [aNode()] })
  await shortLived.hold(slice)
  await budgets.draw(drawOf(slice, 10n, 'before'))
  expect(await sweeper.sweep(shardOf(slice.orgId))).toBe(1)
  expect(await balances(slice.orgId, slice.nodes)).toEqual([[100n, 0n, 1_000n]])
  expect(await budgets.draw(drawOf(slice, 30n, 'first'))).toEqual({ kind: 'corrected', overage: false })
  expect(await budgets.draw(drawOf(slice, 20n, 'second'))).toEqual({ kind: 'corrected', overage: false })
  // Nothing was spent that was not charged before.
  expect(await balances(slice.orgId, slice.nodes)).toEqual([[100n, 0n, 1_000n]])
  await budgets.release(slice)
  expect(await balances(slice.orgId, slice.nodes)).toEqual([[60n, 0n, 1_000n]])
  const rows = await ledgerOf(ledger, slice)
  expect(rows).toEqual([
    ['before', 'final', 10n],
    [slice.attemptId, 'provisional', 90n],
    [`${slice.attemptId}:first`, 'correction', -30n],
    ['first', 'final', 30n],
    [`${slice.attemptId}:second`, 'correction', -20n],
    ['second', 'final', 20n],
    [slice.attemptId, 'correction', -40n],
  ])
  expect(rows.reduce((sum, [, , amount]) => sum + amount, 0n)).toBe(60n)
})

it('charges what cost more than was left in the slice in full, and says so', async () => {
  const { budgets, balances } = await openLedger()
  const slice = aHold({ amount: 100n, nodes: [aNode()] })
  await budgets.hold(slice)
  await budgets.draw(drawOf(slice, 90n))
  expect(await budgets.draw(drawOf(slice, 15n))).toEqual({ kind: 'drawn', overage: true })
  expect(await balances(slice.orgId, slice.nodes)).toEqual([[105n, 0n, 1_000n]])
})

it('charges late what was spent from a slice that is closed, and nothing where the counters are lost', async () => {
  const ledger = await openLedger()
  const { budgets, balances } = ledger
  const slice = aHold({ amount: 100n, nodes: [aNode()] })
  await budgets.hold(slice)
  await budgets.release(slice)
  expect(await budgets.draw(drawOf(slice, 7n, 'late'))).toEqual({ kind: 'late', overage: true })
  expect(await balances(slice.orgId, slice.nodes)).toEqual([[7n, 0n, 1_000n]])
  const unknown = aHold({ nodes: [aNode()] })
  expect(await budgets.draw(drawOf(unknown, 7n))).toEqual({ kind: 'gone', overage: false })
  expect(await balances(unknown.orgId, unknown.nodes)).toEqual([null])
  expect(await ledgerOf(ledger, unknown)).toEqual([])
})
