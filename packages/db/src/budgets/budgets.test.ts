import { nodesOf } from '@tollkeeper/domain/budget'
import { expect, it } from 'vitest'
import { anAttempt, aWorld, entriesOf, testDatabase, value } from '../../test/builders.ts'
import { recordUsage } from '../ledger/index.ts'
import { pendingChanges } from '../policies/index.ts'
import * as teams from '../teams.ts'
import { ledgerNodes } from '../verification/index.ts'
import * as budgets from './index.ts'

const database = testDatabase()
const at = new Date('2026-11-20T12:00:00Z')
const dollars = (amount: bigint) => amount * 1_000_000_000n
const base = { period: 'month', limit: dollars(50n), mode: 'hard', sharing: 'pool' } as const

it('keeps the counter when a limit changes, and begins another when the period does', async () => {
  const { prisma } = database()
  const { orgId, teamId } = await aWorld(database())
  const scope = { kind: 'team', id: teamId } as const
  const made = value(await budgets.set(prisma, orgId, { ...base, scope }, at))
  expect(made).toMatchObject({ limit: 50_000_000_000n, version: 1, scope: { name: 'Platform' } })
  const raised = value(await budgets.set(prisma, orgId, { ...base, scope, limit: dollars(80n) }, at))
  expect(raised).toMatchObject({ id: made.id, version: 2, limit: 80_000_000_000n })
  const weekly = value(await budgets.set(prisma, orgId, { ...base, scope, id: made.id, period: 'week' }, at))
  expect(weekly.id).not.toBe(made.id)
  expect((await budgets.list(prisma, orgId)).map((budget) => budget.id)).toEqual([weekly.id])
})

it('opens a budget with what the ledger says was spent in its window, and not with more', async () => {
  const { prisma, pool } = database()
  const world = await aWorld(database(), { timeZone: 'Europe/Helsinki' })
  const spent = [
    { at: '2026-10-31T21:59:00Z', amount: 400n }, // October in Helsinki
    { at: '2026-10-31T22:00:00Z', amount: 30n }, // November in Helsinki
    { at: '2026-11-20T10:00:00Z', amount: 5n },
  ]
  await recordUsage(pool, entriesOf(...spent.map((wish) => anAttempt(world, wish))))
  for (const scope of [
    { kind: 'organisation', id: world.orgId },
    { kind: 'team', id: world.teamId },
    { kind: 'user', id: world.memberId },
    { kind: 'key', id: world.keyId },
  ] as const) {
    const made = value(await budgets.set(prisma, world.orgId, { ...base, scope }, at))
    expect(made.opening).toEqual({ window: 'm1793484000', amount: 35n })
  }
  const scope = { kind: 'team', id: world.teamId } as const
  const forever = value(await budgets.set(prisma, world.orgId, { ...base, scope, period: 'all' }, at))
  expect(forever.opening).toEqual({ window: 'a0', amount: 435n })
  const each = value(await budgets.set(prisma, world.orgId, { ...base, scope, period: 'day', sharing: 'each' }, at))
  expect(each.opening).toBeNull()
})

it('says which counters there are and what the ledger has charged them', async () => {
  const { prisma, pool } = database()
  const world = await aWorld(database())
  await recordUsage(pool, entriesOf(anAttempt(world, { amount: 7n })))
  const scope = { kind: 'team', id: world.teamId } as const
  const shared = value(await budgets.set(prisma, world.orgId, { ...base, scope }, at))
  const each = value(await budgets.set(prisma, world.orgId, { ...base, scope, period: 'day', sharing: 'each' }, at))
  const ids = { ...world, roleGroupId: null, roleId: null, userId: world.memberId }
  const chain = nodesOf(new Map([[`team:${world.teamId}`, [shared, each]]]), ids, { zone: 'UTC', at: at.getTime() })
  await recordUsage(
    pool,
    entriesOf(
      anAttempt(world, { amount: 100n, nodes: chain.map((node) => node.id), at: '2026-11-20T12:00:01Z' }),
      anAttempt(world, { amount: 1n, nodes: chain.map((node) => node.id), at: '2026-11-20T12:00:02Z' }),
    ),
  )
  const nodes = await ledgerNodes(prisma, world.orgId, at.getTime())
  const spent = Object.fromEntries(nodes.map((node) => [node.nodeId, node.spent]))
  expect(spent).toEqual({ [`${shared.id}~-~m1793491200`]: 108n, [`${each.id}~${world.memberId}~d1795132800`]: 101n })
  expect(budgets.nodeAt(shared, { zone: 'UTC', at: at.getTime() })).toMatchObject({
    id: `${shared.id}~-~m1793491200`,
    opening: 7n,
  })
})

it('refuses what cannot be: beyond 9,000,000 USD, twice the same, a scope of somebody else', async () => {
  const { prisma } = database()
  const { orgId, teamId } = await aWorld(database())
  const other = await aWorld(database())
  const scope = { kind: 'team', id: teamId } as const
  expect(await budgets.set(prisma, orgId, { ...base, scope, limit: dollars(9_000_000n) + 1n })).toEqual({
    ok: false,
    reason: 'limit',
  })
  const monthly = value(await budgets.set(prisma, orgId, { ...base, scope, limit: dollars(9_000_000n) }, at))
  value(await budgets.set(prisma, orgId, { ...base, scope, period: 'week' }, at))
  const taken = await budgets.set(prisma, orgId, { ...base, scope, id: monthly.id, period: 'week' }, at)
  expect(taken).toEqual({ ok: false, reason: 'taken' })
  expect(await budgets.set(prisma, other.orgId, { ...base, scope })).toEqual({ ok: false, reason: 'no-scope' })
  const theirs = { ...base, scope: { kind: 'team', id: other.teamId }, id: monthly.id } as const
  expect(await budgets.set(prisma, other.orgId, theirs)).toEqual({ ok: false, reason: 'not-found' })
})

it('shows another organisation nothing', async () => {
  const { prisma } = database()
  const { orgId, teamId } = await aWorld(database())
  const other = await aWorld(database())
  const scope = { kind: 'team', id: teamId } as const
  const made = value(await budgets.set(prisma, orgId, { ...base, scope }, at))
  expect(await budgets.list(prisma, other.orgId)).toEqual([])
  expect(await budgets.byScope(prisma, other.orgId, scope)).toEqual([])
  expect(await budgets.one(prisma, other.orgId, made.id)).toBeUndefined()
  expect(await budgets.remove(prisma, other.orgId, made.id)).toBe(false)
  expect(await ledgerNodes(prisma, other.orgId, at.getTime())).toEqual([])
  expect(await budgets.one(prisma, orgId, made.id)).toEqual(made)
})

it('ends with its scope, and every change leaves a note to publish', async () => {
  const { prisma } = database()
  const { orgId, teamId } = await aWorld(database())
  const scope = { kind: 'team', id: teamId } as const
  const made = value(await budgets.set(prisma, orgId, { ...base, scope }, at))
  const notes = async () => (await pendingChanges(prisma, { orgId })).length
  const before = await notes()
  await budgets.set(prisma, orgId, { ...base, scope, limit: 1n }, at)
  expect(await notes()).toBe(before + 1)
  await teams.archive(prisma, orgId, teamId)
  expect(await budgets.one(prisma, orgId, made.id)).toBeUndefined()
  expect(await budgets.set(prisma, orgId, { ...base, scope }, at)).toEqual({ ok: false, reason: 'no-scope' })
})

it('lets two people who set the same budget at the same moment make one', async () => {
  const { prisma } = database()
  const { orgId, teamId } = await aWorld(database())
  const scope = { kind: 'team', id: teamId } as const
  const both = await Promise.all([10n, 20n].map((limit) => budgets.set(prisma, orgId, { ...base, scope, limit }, at)))
  expect(both.map((outcome) => outcome.ok)).toEqual([true, true])
  expect(await budgets.list(prisma, orgId)).toMatchObject([{ version: 2 }])
})
