import { nodeIdOf, type Budget } from '@tollkeeper/domain/budget'
import { windowOf } from '@tollkeeper/domain/time'
import { expect, it } from 'vitest'
import { aKey, anAttempt, aWorld, entriesOf, testDatabase, value } from '../../test/builders.ts'
import { recordUsage } from '../ledger/index.ts'
import { byIds, set, spentByLedger, spentByPerson } from './index.ts'

const database = testDatabase()
const now = Date.parse('2026-11-20T12:00:00Z')

it('says what each counter should say: shared ones of every level, and one per person or ownerless key', async () => {
  const { pool, prisma } = database()
  const world = await aWorld(database())
  const service = await aKey(database(), { ...world, memberId: null }, { name: 'Service' })
  await recordUsage(
    pool,
    entriesOf(
      anAttempt(world, { amount: 5n, at: '2026-11-20T10:00:00Z' }),
      anAttempt(world, { amount: 50n, at: '2026-11-02T10:00:00Z' }),
      anAttempt(world, { amount: 500n, at: '2026-10-31T10:00:00Z' }),
      anAttempt({ ...world, keyId: service.id, memberId: null as never }, { amount: 7n, at: '2026-11-20T11:00:00Z' }),
    ),
  )
  const budget = async (scope: Budget['scope'], period: Budget['period'], sharing: Budget['sharing'] = 'pool') =>
    value(await set(prisma, world.orgId, { scope, period, limit: 1_000n, mode: 'hard', sharing }))
  const team = { kind: 'team', id: world.teamId, name: 'Platform' } as const
  const asked = [
    [await budget({ kind: 'organisation', id: world.orgId, name: 'Acme' }, 'month'), null, 62n],
    [await budget({ kind: 'organisation', id: world.orgId, name: 'Acme' }, 'all'), null, 562n],
    [await budget(team, 'day'), null, 12n],
    [await budget({ kind: 'user', id: world.memberId, name: 'Ann' }, 'day'), null, 5n],
    [await budget({ kind: 'key', id: service.id, name: 'Service' }, 'hour'), null, 0n],
  ] as const
  const each = await budget(team, 'month', 'each')
  const nodes = [
    ...asked.map(([budget, subject]) => ({ budget, subject })),
    { budget: each, subject: world.memberId },
    { budget: each, subject: service.id },
    { budget: each, subject: 'mem_nobody' },
  ].map((node) => ({ ...node, window: windowOf(node.budget.period, 'UTC', now) }))
  const spent = await spentByLedger(prisma, world.orgId, nodes)
  expect(nodes.map(({ budget, subject, window }) => spent.get(nodeIdOf(budget.id, subject, window.id)))).toEqual([
    ...asked.map(([, , amount]) => amount),
    55n,
    7n,
    0n,
  ])

  const window = windowOf('month', 'UTC', now)
  expect(Object.fromEntries(await spentByPerson(prisma, world.orgId, { scope: team, window }))).toEqual({
    [world.memberId]: 55n,
    [service.id]: 7n,
  })
  const ids = asked.map(([budget]) => budget.id)
  expect((await byIds(prisma, world.orgId, ids)).map((budget) => budget.id).toSorted()).toEqual(ids.toSorted())
  const globex = await aWorld(database(), { name: 'Globex' })
  expect(await byIds(prisma, globex.orgId, ids)).toEqual([])
  expect((await spentByPerson(prisma, globex.orgId, { scope: team, window })).size).toBe(0)
})
