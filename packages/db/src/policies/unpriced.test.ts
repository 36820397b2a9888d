import { expect, it } from 'vitest'
import { aRequest, aWorld, entriesOf, testDatabase } from '../../test/builders.ts'
import { recordUsage } from '../ledger/index.ts'
import * as providers from '../providers/index.ts'
import { unpricedInUse } from './index.ts'

const database = testDatabase()

it('names models without a price that were asked for, not those that nobody asked for or that have one', async () => {
  const { pool, prisma } = database()
  const world = await aWorld(database())
  const provider = await providers.create(prisma, world.orgId, {
    name: 'House',
    kind: 'openai-compatible',
    baseUrl: 'http://models.test/v1',
    credential: null,
  })
  await providers.addModels(prisma, world.orgId, provider, [{ id: 'mystery' }, { id: 'quiet' }])
  const between = { from: Date.parse('2026-11-20T00:00:00Z'), to: Date.parse('2026-11-21T00:00:00Z') }
  const refused = { modelAsked: 'mystery', modelUsed: null, status: 400, failure: 'model_unpriced', attempts: 0 }
  await recordUsage(
    pool,
    entriesOf(
      aRequest(world, { ...refused, count: 3 }),
      aRequest(world, refused),
      aRequest(world, { ...refused, modelAsked: 'quiet', at: '2026-11-19T10:00:00Z' }),
      aRequest(world, { modelAsked: 'gpt-4o' }),
    ),
  )
  expect(await unpricedInUse(prisma, world.orgId, between)).toEqual([
    { model: 'mystery', provider: 'House', requests: 4 },
  ])
  const globex = await aWorld(database(), { name: 'Globex' })
  expect(await unpricedInUse(prisma, globex.orgId, between)).toEqual([])
})
