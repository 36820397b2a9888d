import { expect, it } from 'vitest'
import { aRequest, aWorld, entriesOf, testDatabase, value } from '../test/builders.ts'
import { recordUsage } from './ledger/index.ts'
import * as requests from './requests.ts'
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
