import { expect, it } from 'vitest'
import { aHold, anAnswer, aNode, settlementOf } from '../../test/builders.ts'
import { openLedger } from '../../test/ledger.ts'
import { holdKey } from '../keys.ts'
import { shardOf } from '../shards.ts'

it('charges 80 provisionally for an attempt that was sent and never answered, and 25 once that is known', async () => {
  const { budgets, balances, events } = await openLedger()
  const hold = aHold({ amount: 80n, nodes: [aNode(), aNode()] })
  await budgets.hold(hold)
  const given = { ...hold, least: 10n, result: anAnswer }
  expect(await budgets.surrender(given)).toEqual({ kind: 'surrendered' })
  expect(await balances(hold.orgId, hold.nodes)).toEqual([
    [80n, 0n, 1_000n],
    [80n, 0n, 1_000n],
  ])
  expect(await budgets.settle(settlementOf(hold, { amount: 25n }))).toMatchObject({ kind: 'corrected' })
  expect(await budgets.surrender(given)).toEqual({ kind: 'closed' })
  expect(await balances(hold.orgId, hold.nodes)).toEqual([
    [25n, 0n, 1_000n],
    [25n, 0n, 1_000n],
  ])
  const kinds = (await events(hold.orgId)).map((payload) => payload.kind === 'attempt' && payload.event.kind)
  expect(kinds).toEqual(['provisional', 'correction'])
})

it('only notes what it cost at least where the sweeper was first', async () => {
  const { budgets, shortLived, sweeper, redis, events } = await openLedger()
  const hold = aHold({ amount: 80n, nodes: [aNode()] })
  await shortLived.hold(hold)
  await sweeper.sweep(shardOf(hold.orgId))
  expect(await budgets.surrender({ ...hold, least: 10n, result: anAnswer })).toEqual({ kind: 'noted' })
  expect(await redis.hget(holdKey(hold.orgId, hold.attemptId), 'least')).toBe('10')
  expect(await events(hold.orgId)).toHaveLength(1)
})

it('knows nothing of a hold that is not there', async () => {
  const { budgets, events } = await openLedger()
  const hold = aHold({ amount: 80n, nodes: [aNode()] })
  expect(await budgets.surrender({ ...hold, least: 0n, result: anAnswer })).toEqual({ kind: 'gone' })
  expect(await events(hold.orgId)).toEqual([])
})
