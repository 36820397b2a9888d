import { expect, it } from 'vitest'
import { aKey, anAttempt, aWorld, entriesOf, testDatabase, value } from '../../test/builders.ts'
import { recordUsage } from '../ledger/index.ts'
import { ofScopes, set, watched } from './index.ts'

const database = testDatabase()
const quota = { limit: 5n, period: 'month' } as const

it('watches every budget but those of keys that are not in use', async () => {
  const { pool, prisma } = database()
  const world = await aWorld(database(), { quota })
  const idle = await aKey(database(), world, { name: 'Idle', quota })
  const team = { kind: 'team', id: world.teamId } as const
  value(await set(prisma, world.orgId, { scope: team, period: 'day', limit: 9n, mode: 'soft', sharing: 'pool' }))
  await recordUsage(pool, entriesOf(anAttempt(world, { at: '2026-11-20T10:00:00Z' })))
  const since = new Date('2026-11-01T00:00:00Z')
  const names = async (mostKeys: number) =>
    (await watched(prisma, world.orgId, { since, mostKeys })).map((budget) => budget.scope.name)
  expect(await names(10)).toEqual(['Laptop', 'Platform'])
  expect(await names(0)).toEqual(['Platform'])
  const scopes = [team, { kind: 'key', id: idle.id } as const, { kind: 'user', id: world.memberId } as const]
  expect((await ofScopes(prisma, world.orgId, scopes)).map((budget) => budget.scope.name)).toEqual(['Idle', 'Platform'])
  const globex = await aWorld(database(), { name: 'Globex' })
  expect(await ofScopes(prisma, globex.orgId, scopes)).toEqual([])
  expect(await watched(prisma, globex.orgId, { since, mostKeys: 10 })).toEqual([])
})
