import { expect, it } from 'vitest'
import { aWorld, testDatabase } from '../../test/builders.ts'
import * as providers from '../providers/index.ts'
import { addOverride, loadPriceBook, priceOfVersion } from './index.ts'

const database = testDatabase()

it('gives the price that a charge named, from the book and from the organisation itself, and to nobody else', async () => {
  const db = database().prisma
  const [acme, globex] = [await aWorld(database()), await aWorld(database(), { name: 'Globex' })]
  const book = (await loadPriceBook(db)).find('openai', 'gpt-4o', Date.parse('2026-11-20T00:00:00Z'))?.price
  expect(book?.rates.outputText).toBe(10_000_000n)
  expect(await priceOfVersion(db, acme.orgId, book?.version ?? '')).toEqual(book)
  expect(await priceOfVersion(db, acme.orgId, '1/openai/no-such-model')).toBeUndefined()
  expect(await priceOfVersion(db, acme.orgId, 'nonsense')).toBeUndefined()

  const provider = await providers.create(db, acme.orgId, {
    name: 'Own',
    kind: 'ollama',
    baseUrl: 'http://localhost:1/v1',
    credential: null,
  })
  const own = await addOverride(db, acme.orgId, {
    providerId: provider.id,
    model: 'llama',
    effectiveFrom: new Date('2026-01-01T00:00:00Z'),
    inputUncached: 5n,
    inputCacheRead: null,
    outputText: 7n,
    reason: null,
    createdBy: null,
  })
  const version = `override:${own.id}`
  expect((await priceOfVersion(db, acme.orgId, version))?.rates).toMatchObject({ inputUncached: 5n, outputText: 7n })
  expect(await priceOfVersion(db, globex.orgId, version)).toBeUndefined()
})
