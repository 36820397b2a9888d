import { expect, it } from 'vitest'
import { anAttempt, aWorld, entriesOf, testDatabase } from '../../test/builders.ts'
import * as audit from '../audit.ts'
import { recordedEvents, recordUsage } from '../ledger/index.ts'
import { changesPublished, pendingChanges } from '../policies/index.ts'
import * as shardEpochs from '../shard-epochs.ts'
import * as verification from './index.ts'

const database = testDatabase()

it('finds an hourly sum that somebody changed', async () => {
  const { prisma, pool } = database()
  const world = await aWorld(database(), { timeZone: 'Asia/Kolkata' })
  expect(await verification.wereCharged(prisma, [world.orgId])).toBe(false)
  await recordUsage(pool, entriesOf(anAttempt(world), anAttempt(world, { model: 'gpt-5', at: '2026-11-19T03:44:00Z' })))
  expect(await verification.wereCharged(prisma, [world.orgId])).toBe(true)
  expect(await verification.rollupDrift(prisma, world.orgId)).toBe(0)
  await prisma.usageHour.updateMany({
    where: { orgId: world.orgId, model: 'gpt-5' },
    data: { costNano: { increment: 1 } },
  })
  expect(await verification.rollupDrift(prisma, world.orgId)).toBe(1)
  const between = { from: new Date('2026-11-19T18:30:00Z'), to: new Date('2026-11-20T18:30:00Z') }
  expect(await verification.rollupDrift(prisma, world.orgId, between)).toBe(0)
})

it('keeps the last result of a comparison, for its organisation alone', async () => {
  const { prisma } = database()
  const [{ orgId }, other] = [await aWorld(database()), await aWorld(database())]
  const result = {
    at: new Date('2026-11-20T12:00:00Z'),
    checked: 12,
    drift: [{ node: 'bud_x~-~a0', counterNano: 9_007_199_254_740_993n, ledgerNano: -1n }],
    findings: [{ check: 'counter' as const, where: 'team “Data”, month from 2026-11-01', expected: '$1', found: '$2' }],
  }
  await verification.save(prisma, orgId, { ...result, checked: 1, drift: [] })
  await verification.save(prisma, orgId, result)
  expect(await verification.latest(prisma, orgId)).toEqual(result)
  expect(await verification.latest(prisma, other.orgId)).toBeUndefined()
})

it('gives every opening of a shard an epoch of its own, and each epoch a sequence of its own', async () => {
  const { prisma, pool } = database()
  const known = async () => (await shardEpochs.knownShards(prisma)).get('s42')
  expect(await known()).toBeUndefined()
  const epochs = [
    await shardEpochs.nextEpoch(prisma, 's42'),
    ...(await Promise.all([1, 2, 3].map(() => shardEpochs.nextEpoch(prisma, 's42')))),
  ]
  expect(epochs.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4])
  for (const seq of [7, 900, 12]) await shardEpochs.noteSequences(pool, [{ shard: 's42', epoch: 4, seq }])
  await shardEpochs.noteSequences(pool, [{ shard: 's42', epoch: 3, seq: 5_000 }])
  expect(await known()).toEqual({ epoch: 4, seq: 900 })
  await shardEpochs.nextEpoch(prisma, 's42')
  expect(await known()).toEqual({ epoch: 5, seq: 0 })
})

it('lets one worker open shards while another finds them busy, and the next one in again', async () => {
  const { pool } = database()
  const seen: boolean[] = []
  const first = await shardEpochs.whileOpening(pool, async () => {
    seen.push(await shardEpochs.whileOpening(pool, async () => void seen.push(true)))
  })
  seen.push(first, await shardEpochs.whileOpening(pool, async () => {}))
  expect(seen).toEqual([false, true, true])
})

it('does not charge an attempt provisionally of which it has the final charge', async () => {
  const { prisma, pool } = database()
  const world = await aWorld(database())
  await recordUsage(pool, entriesOf(anAttempt(world, { attemptId: 'back-1', kind: 'final', amount: 300n, hold: 500n })))
  const swept = anAttempt(world, { attemptId: 'back-1', kind: 'provisional', amount: 500n, hold: 500n, tokens: {} })
  expect(await recordUsage(pool, entriesOf(swept))).toMatchObject({ ledgerRows: 0 })
  expect(await recordedEvents(pool, ['back-1:final', 'back-1:provisional'])).toEqual(['back-1:final'])
  expect(await verification.rollupDrift(prisma, world.orgId)).toBe(0)
})

it('gives publishers each change until it is published, and audit readers each entry once', async () => {
  const { prisma } = database()
  const [{ orgId, keyId }, other] = [await aWorld(database()), await aWorld(database())]
  const pending = await pendingChanges(prisma, { orgId })
  expect(pending.some((change) => change.keyId === keyId)).toBe(true)
  expect(pending.every((change) => change.orgId === orgId)).toBe(true)
  await changesPublished(
    prisma,
    pending.map((change) => change.id),
  )
  expect(await pendingChanges(prisma, { orgId })).toEqual([])
  expect((await pendingChanges(prisma, { orgId: other.orgId })).length).toBeGreaterThan(0)
  const at = new Date('2026-11-20T12:00:00Z')
  for (const limit of [5n, 6n, 7n]) {
    await audit.append(
      prisma,
      orgId,
      { actorId: null, actorName: 'Ann', action: 'budget.set', target: 'budget:x', before: { limit }, after: null },
      at,
    )
  }
  const first = await audit.list(prisma, orgId, { limit: 2 })
  const second = await audit.list(prisma, orgId, { limit: 2, ...(first.next ? { after: first.next } : {}) })
  const limits = [...first.entries, ...second.entries].map((entry) => JSON.stringify(entry.before))
  expect(limits.toSorted()).toEqual(['{"limit":"5"}', '{"limit":"6"}', '{"limit":"7"}'])
  expect(second.next).toBeNull()
  expect((await audit.list(prisma, other.orgId)).entries).toEqual([])
})
