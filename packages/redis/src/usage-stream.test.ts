import type { OrgId } from '@tollkeeper/domain/id'
import { until } from '@tollkeeper/testbed/processes'
import { expect, it } from 'vitest'
import { aHold, aNode, aRequestEvent, anOrgId, settlementOf } from '../test/builders.ts'
import { openLedger } from '../test/ledger.ts'
import { usageStreamKey } from './keys.ts'
import { shardOf } from './shards.ts'
import { makeUsageReader, makeUsageWriter } from './usage-stream.ts'

it('hands each entry to one reader, and takes it out when it is done', async () => {
  const { redis, budgets } = await openLedger()
  const hold = aHold({ nodes: [aNode()] })
  const shards = [shardOf(hold.orgId)]
  await budgets.hold(hold)
  await budgets.settle(settlementOf(hold, { amount: 12n }))
  const [one, other] = [makeUsageReader(redis, 'one'), makeUsageReader(redis, 'other')]

  const entries = await one.read(shards, 100)
  expect(entries).toMatchObject([{ shard: shards[0], payload: { kind: 'attempt', event: { amount: 12n } } }])
  expect(await other.read(shards, 100)).toEqual([])
  expect((await one.lag()).entries).toBe(1)

  await one.done(entries)
  expect(await one.lag()).toEqual({ entries: 0, oldestMs: null })
  expect(await one.claimStale(shards, 0)).toEqual([])
})

it('hands entries of a reader that died to another one', async () => {
  const { redis, budgets } = await openLedger()
  const hold = aHold()
  const shards = [shardOf(hold.orgId)]
  await budgets.hold(hold)
  await budgets.settle(settlementOf(hold))
  await makeUsageReader(redis, 'dead').read(shards, 100)
  const reader = makeUsageReader(redis, 'alive')
  expect(await reader.claimStale(shards, 3_600_000)).toEqual([])
  const claimed = await reader.claimStale(shards, 0)
  expect(claimed).toMatchObject([{ payload: { kind: 'attempt', event: { attemptId: hold.attemptId } } }])
})

it('writes the rows of requests in the background and all of them on flush', async () => {
  const { redis } = await openLedger()
  const orgId = anOrgId()
  const writer = makeUsageWriter(redis)
  const reader = makeUsageReader(redis, 'one')
  const shards = [shardOf(orgId)]
  writer.request(aRequestEvent(orgId, 'req_a'))
  await until(async () => (await reader.lag(shards)).entries === 1, { within: 5_000 })
  for (let i = 0; i < 50; i += 1) writer.request(aRequestEvent(orgId, `req_${i}`))
  await writer.flush()
  const entries = await reader.read(shards, 1_000)
  expect(entries).toHaveLength(51)
  expect(entries[0]?.payload).toEqual({ kind: 'request', event: aRequestEvent(orgId, 'req_a') })
})

it('keeps what it cannot read as it is', async () => {
  const { redis } = await openLedger()
  const orgId = 'org_odd' as OrgId
  const stream = usageStreamKey(shardOf(orgId))
  await redis.xadd(stream, '*', 't', 'attempt', 'id', 'att_1', 'amount', '1e3')
  await redis.xadd(stream, '*', 't', 'tomorrow', 'e', '{}')
  await redis.xadd(stream, '*', 't', 'request', 'e', '{"requestId":')
  const entries = await makeUsageReader(redis, 'one').read([shardOf(orgId)], 10)
  expect(entries.map((entry) => entry.payload)).toMatchObject([
    { kind: 'unreadable', raw: { t: 'attempt', id: 'att_1', amount: '1e3' } },
    { kind: 'unreadable', raw: { t: 'tomorrow', e: '{}' }, error: 'unknown type "tomorrow"' },
    { kind: 'unreadable', raw: { t: 'request', e: '{"requestId":' } },
  ])
})
