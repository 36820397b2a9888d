import { expect, it } from 'vitest'
import { anAttempt, aWorld, entriesOf, testDatabase, value } from '../test/builders.ts'
import * as budgets from './budgets/index.ts'
import { recordUsage } from './ledger/index.ts'
import * as organisations from './organisations.ts'
import { buildOrgPolicy } from './policies/index.ts'
import * as rateLimits from './rate-limits.ts'
import * as rollups from './rollups/index.ts'
import { rollupDrift } from './verification/index.ts'

const database = testDatabase()

it('gives a new organisation 100 requests and 100,000 tokens per minute and a free slug', async () => {
  const { prisma } = database()
  const first = await organisations.create(prisma, { name: 'Böring & Söns', timeZone: 'Europe/Helsinki' })
  const second = await organisations.create(prisma, { name: 'Boring / Sons', timeZone: 'UTC' })
  expect([first.slug, second.slug]).toEqual(['boring-sons', 'boring-sons-2'])
  const third = await organisations.create(prisma, { name: '株式会社', timeZone: 'UTC' })
  expect(third.slug).toBe('org')
  expect(await rateLimits.list(prisma, first.id)).toEqual([
    {
      scope: { kind: 'organisation', id: first.id, name: 'Böring & Söns' },
      requestsPerMinute: 100,
      requestsPerHour: null,
      tokensPerMinute: 100_000,
      tokensPerHour: null,
      bucket: null,
      concurrency: null,
    },
  ])
  const policy = await buildOrgPolicy(prisma, first.id, { consoleUrl: 'http://localhost:3000' })
  expect(policy).toMatchObject({
    version: 2,
    slug: first.slug,
    budgets: [],
    models: [],
    rateLimits: [{ requestsPerMinute: 100 }],
  })
})

it('raises the version of the policy with every change that a proxy must know of', async () => {
  const { prisma } = database()
  const { orgId } = await aWorld(database())
  const version = async () => (await organisations.one(prisma, orgId))?.policyVersion ?? 0
  const before = await version()
  const changed = await organisations.update(prisma, orgId, { moneyRefusalStatus: 429, showAmounts: false })
  expect(changed).toMatchObject({ moneyRefusalStatus: 429, showAmounts: false, policyVersion: before + 1 })
  expect(await version()).toBe(before + 1)
  await organisations.setSuspended(prisma, orgId, true)
  expect(await buildOrgPolicy(prisma, orgId, { consoleUrl: null })).toMatchObject({
    version: before + 2,
    suspended: true,
    settings: { moneyRefusalStatus: 429, showAmounts: false, consoleUrl: null },
  })
})

it('moves days and budgets with the time zone, without losing a nano-dollar', async () => {
  const { prisma, pool } = database()
  const world = await aWorld(database(), { timeZone: 'Europe/Helsinki' })
  const at = new Date('2026-11-20T12:00:00Z')
  const scope = { kind: 'organisation', id: world.orgId } as const
  const made = value(
    await budgets.set(
      prisma,
      world.orgId,
      { scope, period: 'day', limit: 10n ** 9n, mode: 'hard', sharing: 'pool' },
      at,
    ),
  )
  // 18:15 UTC is 20:15 in Helsinki and 23:45 in Kolkata; 18:45 is already the next day there.
  const amounts = [
    { at: '2026-11-20T18:15:00Z', amount: 100n },
    { at: '2026-11-20T18:45:00Z', amount: 23n },
  ]
  await recordUsage(pool, entriesOf(...amounts.map((wish) => anAttempt(world, wish))))
  await organisations.update(prisma, world.orgId, { timeZone: 'Asia/Kolkata' }, new Date('2026-11-20T19:00:00Z'))
  const range = { from: Date.parse('2026-11-19T18:30:00Z'), to: Date.parse('2026-11-21T18:30:00Z') }
  const usage = await rollups.byDay(prisma, world.orgId, { range, zone: 'Asia/Kolkata', grouping: 'team' })
  expect(usage.days.map((day) => day.date)).toEqual(['2026-11-20', '2026-11-21'])
  expect(usage.series[0]?.points.map((point) => point.costNano)).toEqual([100n, 23n])
  expect(await rollupDrift(prisma, world.orgId)).toBe(0)
  const [moved] = await budgets.list(prisma, world.orgId)
  expect(moved?.id).not.toBe(made.id)
  expect(moved).toMatchObject({ limit: 10n ** 9n, opening: { window: 'd1795199400', amount: 23n } })
})

it('finds nothing of an organisation under the id of another', async () => {
  const { prisma } = database()
  const ours = await aWorld(database())
  const theirs = await aWorld(database())
  const scope = { kind: 'team', id: ours.teamId } as const
  const limits = {
    requestsPerMinute: 5,
    requestsPerHour: null,
    tokensPerMinute: null,
    tokensPerHour: 9_000,
    bucket: null,
    concurrency: null,
  }
  expect(await rateLimits.set(prisma, theirs.orgId, scope, limits)).toEqual({ ok: false, reason: 'no-scope' })
  expect(await rateLimits.set(prisma, ours.orgId, scope, limits)).toMatchObject({ ok: true })
  expect(await rateLimits.byScope(prisma, theirs.orgId, scope)).toBeUndefined()
  expect((await rateLimits.list(prisma, theirs.orgId)).map((limit) => limit.scope.kind)).toEqual(['organisation'])
})

it('keeps a bucket with three decimals and takes limits away when all are empty', async () => {
  const { prisma } = database()
  const { orgId, keyId } = await aWorld(database())
  const scope = { kind: 'key', id: keyId } as const
  const none = {
    requestsPerMinute: null,
    requestsPerHour: null,
    tokensPerMinute: null,
    tokensPerHour: null,
    concurrency: null,
  }
  await rateLimits.set(prisma, orgId, scope, { ...none, bucket: { capacity: 1000, refillPerSecond: 0.125 } })
  expect(await rateLimits.byScope(prisma, orgId, scope)).toMatchObject({
    bucket: { capacity: 1000, refillPerSecond: 0.125 },
  })
  await rateLimits.set(prisma, orgId, scope, { ...none, bucket: null })
  expect(await rateLimits.byScope(prisma, orgId, scope)).toBeUndefined()
})

it('keeps how many streams and whole answers may run, each by itself', async () => {
  const { prisma } = database()
  const { orgId, keyId } = await aWorld(database())
  const scope = { kind: 'key', id: keyId } as const
  const none = {
    requestsPerMinute: null,
    requestsPerHour: null,
    tokensPerMinute: null,
    tokensPerHour: null,
    bucket: null,
  }
  await rateLimits.set(prisma, orgId, scope, { ...none, concurrency: { streams: 3, whole: null } })
  expect((await rateLimits.byScope(prisma, orgId, scope))?.concurrency).toEqual({ streams: 3, whole: null })
  await rateLimits.set(prisma, orgId, scope, { ...none, concurrency: { streams: null, whole: null } })
  expect(await rateLimits.byScope(prisma, orgId, scope)).toBeUndefined()
})
