import { expect, it } from 'vitest'
import { anAttempt, aRequest, aWorld, entriesOf, testDatabase } from '../../test/builders.ts'
import * as keys from '../keys/index.ts'
import * as rollups from '../rollups/index.ts'
import * as requests from '../requests.ts'
import { rollupDrift } from '../verification/index.ts'
import { recordUsage } from './index.ts'

const database = testDatabase()
const day = { from: Date.parse('2026-11-20T00:00:00Z'), to: Date.parse('2026-11-21T00:00:00Z') }

it('adds an event to ledger and hourly sums once, however often it is delivered', async () => {
  const { pool, prisma } = database()
  const world = await aWorld(database())
  const event = anAttempt(world, { amount: 1_250n })
  const entry = entriesOf(event)
  expect(await recordUsage(pool, entry)).toEqual({ ledgerRows: 1, requests: 0, unreadable: 0 })
  expect(await recordUsage(pool, entry)).toEqual({ ledgerRows: 0, requests: 0, unreadable: 0 })
  expect(await recordUsage(pool, [...entry, ...entriesOf(event, event)])).toMatchObject({ ledgerRows: 0 })
  expect(await rollups.total(prisma, world.orgId, day)).toMatchObject({
    costNano: 1_250n,
    attempts: 1,
    inputTokens: 120,
    cachedTokens: 20,
    outputTokens: 10,
  })
})

it('makes one charge of a provisional one and its correction, in any order', async () => {
  const { pool, prisma } = database()
  const world = await aWorld(database())
  const provisional = anAttempt(world, {
    attemptId: 'lost-1',
    kind: 'provisional',
    amount: 5_000n,
    hold: 5_000n,
    tokens: {},
  })
  const correction = anAttempt(world, { attemptId: 'lost-1', kind: 'correction', amount: 1_200n, hold: 5_000n })
  await recordUsage(pool, entriesOf(correction))
  await recordUsage(pool, entriesOf(provisional))
  expect(await rollups.total(prisma, world.orgId, day)).toMatchObject({
    costNano: 1_200n,
    attempts: 1,
    outputTokens: 10,
  })
  expect(await rollupDrift(prisma, world.orgId)).toBe(0)
})

it('charges 1,200 once when a store that went back charges as final what was charged 5,000 provisionally', async () => {
  const { pool, prisma } = database()
  const world = await aWorld(database())
  const attempt = { attemptId: 'lost-2', hold: 5_000n }
  const provisional = anAttempt(world, { ...attempt, kind: 'provisional', amount: 5_000n, tokens: {} })
  const final = anAttempt(world, { ...attempt, kind: 'final', amount: 1_200n })
  await recordUsage(pool, entriesOf(provisional))
  await recordUsage(pool, entriesOf(final))
  await recordUsage(pool, entriesOf(final, provisional))
  expect(await rollups.total(prisma, world.orgId, day)).toMatchObject({ costNano: 1_200n, attempts: 1 })
  // Both at once, of another attempt.
  const other = { attemptId: 'lost-3', hold: 5_000n }
  await recordUsage(
    pool,
    entriesOf(
      anAttempt(world, { ...other, kind: 'provisional', amount: 5_000n, tokens: {} }),
      anAttempt(world, { ...other, kind: 'final', amount: 300n }),
    ),
  )
  expect(await rollups.total(prisma, world.orgId, day)).toMatchObject({ costNano: 1_500n, attempts: 2 })
  expect(await rollupDrift(prisma, world.orgId)).toBe(0)
})

it('counts requests, refusals with their repeats, and failures from the request rows', async () => {
  const { pool, prisma } = database()
  const world = await aWorld(database())
  const refused = aRequest(world, { status: 402, failure: 'budget_exceeded', count: 3, attempts: 0 })
  const entries = entriesOf(
    aRequest(world),
    aRequest(world, { status: 502, failure: 'upstream_unavailable' }),
    aRequest(world, {
      status: 404,
      failure: 'model_not_found',
      modelUsed: null,
      providerId: null,
      modelAsked: 'nonsense',
    }),
    aRequest(world, { status: 499 }),
    refused,
  )
  await recordUsage(pool, entries)
  await recordUsage(pool, entries)
  expect(await rollups.total(prisma, world.orgId, day)).toMatchObject({
    requests: 7,
    refused: 3,
    failed: 2,
    costNano: 0n,
  })
  const models = await rollups.byGroup(prisma, world.orgId, { range: day, grouping: 'model' })
  expect(models.groups.map((group) => group.id).toSorted()).toEqual(['', 'gpt-4o'])
  expect(await rollupDrift(prisma, world.orgId)).toBe(0)
})

it('records an attempt together with its request from one entry', async () => {
  const { pool, prisma } = database()
  const world = await aWorld(database())
  const request = aRequest(world)
  const event = anAttempt(world, { requestId: request.requestId, amount: 777n })
  await recordUsage(pool, [{ shard: 's01', streamId: '1-1', payload: { kind: 'attempt', event, request } }])
  expect(await requests.one(prisma, world.orgId, request.requestId)).toMatchObject({
    costNano: 777n,
    inputTokens: 120,
    ledger: [{ amountNano: 777n, kind: 'final' }],
  })
})

it('puts what nobody can read aside, and the one entry that Postgres will not take, and records the rest', async () => {
  const { pool, prisma } = database()
  const world = await aWorld(database())
  const good = [1, 2, 3].map(() => anAttempt(world, { amount: 10n }))
  const bad = anAttempt(world, { amount: -1n, attemptId: 'negative' })
  const outcome = await recordUsage(pool, [
    ...entriesOf(...good, bad),
    { shard: 's07', streamId: '5-0', payload: { kind: 'unreadable', raw: { t: 'what\0' }, error: 'unknown type' } },
  ])
  expect(outcome).toEqual({ ledgerRows: 3, requests: 0, unreadable: 2 })
  const dead = await prisma.usageDead.findMany({ orderBy: { shard: 'asc' } })
  expect(dead.map((row) => row.shard)).toEqual(['s00', 's07'])
  expect(JSON.stringify(dead[0]?.payload)).toContain('negative')
  expect(await rollups.total(prisma, world.orgId, day)).toMatchObject({ costNano: 30n })
})

it('takes text that Postgres has no form for', async () => {
  const { pool, prisma } = database()
  const world = await aWorld(database())
  const odd = aRequest(world, {
    modelAsked: 'a\0b',
    userAgent: 'half \uD800',
    modelUsed: null,
    status: 404,
    failure: 'model_not_found',
  })
  await recordUsage(pool, entriesOf(odd))
  expect(await requests.one(prisma, world.orgId, odd.requestId)).toMatchObject({
    modelAsked: 'a\uFFFDb',
    userAgent: 'half \uFFFD',
  })
})

it('agrees with itself when four workers deliver the same events in other orders at once', async () => {
  const { pool, prisma } = database()
  const worlds = [await aWorld(database()), await aWorld(database())]
  const events = Array.from({ length: 400 }, (_, index) => {
    const world = worlds[index % 2]
    if (!world) throw new Error('no world')
    return anAttempt(world, {
      amount: BigInt(index),
      model: `m${index % 7}`,
      at: `2026-11-20T${10 + (index % 5)}:00:00Z`,
    })
  })
  const orders = [events, events.toReversed(), events.toSpliced(0, 200), events.slice(0, 250).toReversed()]
  const results = await Promise.all(orders.map((order) => recordUsage(pool, entriesOf(...order))))
  expect(results.reduce((sum, result) => sum + result.ledgerRows, 0)).toBe(400)
  const totals = await Promise.all(worlds.map((world) => rollups.total(prisma, world.orgId, day)))
  expect(totals.reduce((sum, total) => sum + total.costNano, 0n)).toBe(79_800n)
})

it('notes when a key was last used, at most once a minute', async () => {
  const { pool, prisma } = database()
  const world = await aWorld(database())
  const lastUsed = async () => (await keys.one(prisma, world.orgId, world.keyId))?.lastUsedAt?.toISOString()
  await recordUsage(pool, entriesOf(anAttempt(world, { at: '2026-11-20T10:00:00Z' })))
  expect(await lastUsed()).toBe('2026-11-20T10:00:00.000Z')
  await recordUsage(pool, entriesOf(anAttempt(world, { at: '2026-11-20T10:00:30Z' })))
  expect(await lastUsed()).toBe('2026-11-20T10:00:00.000Z')
  await recordUsage(pool, entriesOf(anAttempt(world, { at: '2026-11-20T10:02:00Z' })))
  expect(await lastUsed()).toBe('2026-11-20T10:02:00.000Z')
})
