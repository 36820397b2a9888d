import { expect, it } from 'vitest'
import { aKey, aRequest, aWorld, entriesOf, testDatabase, value } from '../test/builders.ts'
import { recordUsage } from './ledger/index.ts'
import * as keys from './keys/index.ts'
import * as requests from './requests.ts'
import { scopesInSight } from './sight.ts'
import * as teams from './teams.ts'

const database = testDatabase()

it('shows somebody who may not see all requests those of their teams and their own', async () => {
  const { pool, prisma } = database()
  const world = await aWorld(database())
  const led = value(await teams.create(prisma, world.orgId, 'Led'))
  const another = { ...world, memberId: 'mem_x' as never }
  await recordUsage(
    pool,
    entriesOf(
      aRequest(world, { modelAsked: 'own' }),
      aRequest({ ...another, teamId: led.id }, { modelAsked: 'led' }),
      aRequest(another, { modelAsked: 'foreign' }),
    ),
  )
  const seen = async (teamIds: (typeof led.id)[]) => {
    const sight = { teamIds, memberId: world.memberId }
    const page = await requests.list(prisma, world.orgId, { filter: { sight } })
    return page.requests.map((request) => request.modelAsked).toSorted()
  }
  expect(await seen([led.id])).toEqual(['led', 'own'])
  expect(await seen([])).toEqual(['own'])
})

it('shows such a person the limits of their teams, of these teams’ people and keys, and their own', async () => {
  const { prisma } = database()
  const world = await aWorld(database())
  const led = value(await teams.create(prisma, world.orgId, 'Led'))
  const service = await aKey(database(), { ...world, teamId: led.id, memberId: null })
  const seen = await scopesInSight(prisma, world.orgId, { teamIds: [led.id], memberId: world.memberId })
  expect(
    [
      { kind: 'team', id: led.id } as const,
      { kind: 'key', id: service.id } as const,
      { kind: 'user', id: world.memberId } as const,
      { kind: 'key', id: world.keyId } as const,
      { kind: 'team', id: world.teamId } as const,
      { kind: 'organisation', id: world.orgId } as const,
    ].map(seen),
  ).toEqual([true, true, true, true, false, false])
})

it('finds keys that expire soon, within what the reader may see', async () => {
  const { prisma } = database()
  const world = await aWorld(database())
  const expiresAt = new Date('2026-11-25T00:00:00Z')
  const own = await aKey(database(), world, { name: 'Own', expiresAt })
  await aKey(database(), { ...world, memberId: null }, { name: 'Service', expiresAt })
  await aKey(database(), world, { name: 'Later', expiresAt: new Date('2026-12-25T00:00:00Z') })
  const soon = { from: new Date('2026-11-21T00:00:00Z'), to: new Date('2026-11-28T00:00:00Z'), limit: 10 }
  const all = await keys.expiring(prisma, world.orgId, soon)
  expect(all.map((key) => key.name).toSorted()).toEqual(['Own', 'Service'])
  const sight = { teamIds: [], memberId: world.memberId }
  expect((await keys.expiring(prisma, world.orgId, { ...soon, sight })).map((key) => key.id)).toEqual([own.id])
})
