import { expect, it } from 'vitest'
import { aHold, aNode, settlementOf } from '../../test/builders.ts'
import { openLedger } from '../../test/ledger.ts'
import { leaseMember, leasesKey } from '../keys.ts'
import { shardOf } from '../shards.ts'

it('keeps the holds that their proxy renews from the sweeper', async () => {
  const { budgets, shortLived, sweeper } = await openLedger()
  const [one, other] = [aHold(), aHold()]
  const left = aHold({ orgId: one.orgId })
  for (const hold of [one, { ...other, orgId: one.orgId }, left]) await shortLived.hold(hold)
  await budgets.renew(one.orgId, [one.attemptId, other.attemptId])
  expect(await sweeper.sweep(shardOf(one.orgId))).toBe(1)
})

it('gives no new lease to a hold that is settled or swept', async () => {
  const { budgets, shortLived, sweeper, redis } = await openLedger()
  const settled = aHold({ nodes: [aNode()] })
  const swept = aHold({ orgId: settled.orgId })
  const shard = shardOf(settled.orgId)
  await shortLived.hold(swept)
  await sweeper.sweep(shard)
  await budgets.hold(settled)
  await budgets.settle(settlementOf(settled))
  await budgets.renew(settled.orgId, [settled.attemptId, swept.attemptId])
  expect(await redis.zscore(leasesKey(shard), leaseMember(settled.orgId, settled.attemptId))).toBeNull()
  expect(await redis.zscore(leasesKey(shard), leaseMember(swept.orgId, swept.attemptId))).toBeNull()
})
