import { newCredentialKeys, openCredential, sealCredential } from '@tollkeeper/domain/credential'
import { expect, it } from 'vitest'
import { aWorld, testDatabase } from '../../test/builders.ts'
import { buildOrgPolicy, offeredModels } from '../policies/index.ts'
import * as prices from '../prices/index.ts'
import * as providers from './index.ts'

const database = testDatabase()
const simulated = {
  name: 'Simulated',
  kind: 'simulator',
  baseUrl: 'http://localhost:9099/v1/',
  credential: null,
} as const
const found = (...ids: string[]): providers.Verification => ({
  ok: true,
  status: 200,
  models: ids.map((id) => ({ id, ownedBy: id.startsWith('claude') ? 'anthropic' : 'openai' })),
  limits: null,
  latencyMs: 12,
})

it('offers what Verify finds, with prices, limits and a way to count', async () => {
  const { prisma } = database()
  const { orgId } = await aWorld(database())
  const made = await providers.create(prisma, orgId, simulated)
  expect(made).toMatchObject({ baseUrl: 'http://localhost:9099/v1', credential: null, models: [] })
  await providers.recordVerification(prisma, orgId, made.id, found('gpt-4o', 'claude-haiku-4-5', 'sim-unpriced'))
  expect(await offeredModels(prisma, orgId)).toMatchObject([
    {
      name: 'claude-haiku-4-5',
      encoding: 'o200k_base',
      maxOutputTokens: 64_000,
      price: { rates: { inputUncached: 1_000_000n, outputText: 5_000_000n } },
    },
    {
      name: 'gpt-4o',
      contextWindow: 128_000,
      maxOutputTokens: 16_384,
      price: { rates: { inputUncached: 2_500_000n, outputText: 10_000_000n } },
    },
    { name: 'sim-unpriced', price: null, maxOutputTokens: 16_384 },
  ])
  expect(await buildOrgPolicy(prisma, orgId, { consoleUrl: null })).toMatchObject({
    providers: [{ id: made.id, kind: 'simulator', baseUrl: 'http://localhost:9099/v1', sealedCredential: null }],
    models: [{}, { name: 'gpt-4o', price: { rates: { outputText: 10_000_000n } } }, { price: null }],
  })
})

it('keeps what was set for a model when it is found again, and remembers a failed Verify', async () => {
  const { prisma } = database()
  const { orgId } = await aWorld(database())
  const { id } = await providers.create(prisma, orgId, simulated)
  await providers.recordVerification(prisma, orgId, id, found('gpt-4o', 'gpt-5-mini'))
  await providers.changeModel(prisma, orgId, { providerId: id, name: 'gpt-4o' }, { maxOutputTokens: 1_000 })
  await providers.changeModel(prisma, orgId, { providerId: id, name: 'gpt-5-mini' }, { enabled: false })
  await providers.recordVerification(prisma, orgId, id, found('gpt-4o', 'gpt-5-mini', 'gpt-4.1'))
  expect(await offeredModels(prisma, orgId)).toMatchObject([
    { name: 'gpt-4.1' },
    { name: 'gpt-4o', maxOutputTokens: 1_000 },
  ])
  const failed = await providers.recordVerification(prisma, orgId, id, { ok: false, status: 401, message: 'no' })
  expect(failed).toMatchObject({ verification: { ok: false, status: 401 }, models: [{}, {}, {}] })
})

it('asks the provider that was connected first for a model that two offer', async () => {
  const { prisma } = database()
  const { orgId } = await aWorld(database())
  const first = await providers.create(prisma, orgId, simulated, new Date('2026-01-01'))
  const second = await providers.create(prisma, orgId, { ...simulated, name: 'Other' }, new Date('2026-01-02'))
  for (const { id } of [second, first]) await providers.recordVerification(prisma, orgId, id, found('gpt-4o'))
  expect(await offeredModels(prisma, orgId)).toMatchObject([{ name: 'gpt-4o', providerId: first.id }])
  await providers.setEnabled(prisma, orgId, first.id, false)
  expect(await offeredModels(prisma, orgId)).toMatchObject([{ name: 'gpt-4o', providerId: second.id }])
})

it('keeps a credential sealed, shows its end, and drops it with its origin', async () => {
  const { prisma } = database()
  const { orgId } = await aWorld(database())
  const pair = newCredentialKeys()
  const id = providers.newProviderId()
  const binding = { orgId, providerId: id, origin: 'https://api.openai.com' }
  const sealed = sealCredential('sk-real-secret-1234', pair.publicKey, binding)
  const input = { id, name: 'OpenAI', kind: 'openai', baseUrl: 'https://api.openai.com/v1' } as const
  const made = await providers.create(prisma, orgId, { ...input, credential: { sealed, last4: '1234' } })
  expect(made.credential).toMatchObject({ last4: '1234' })
  expect(JSON.stringify(made)).not.toContain(sealed)
  const kept = await providers.sealedCredentialOf(prisma, orgId, id)
  expect(openCredential(kept ?? '', pair.privateKey, binding)).toBe('sk-real-secret-1234')
  await providers.update(prisma, orgId, id, { baseUrl: 'https://api.openai.com/v2' })
  expect(await providers.sealedCredentialOf(prisma, orgId, id)).toBe(sealed)
  const moved = await providers.update(prisma, orgId, id, { baseUrl: 'https://evil.test/v1' })
  expect(moved?.credential).toBeNull()
  expect(await providers.sealedCredentialOf(prisma, orgId, id)).toBeNull()
})

it("puts an organisation's own price before the book's, from its date on", async () => {
  const { prisma } = database()
  const { orgId } = await aWorld(database())
  const { id } = await providers.create(prisma, orgId, simulated)
  await providers.recordVerification(prisma, orgId, id, found('gpt-4o', 'sim-unpriced'))
  const own = {
    providerId: id,
    model: 'sim-unpriced',
    inputUncached: 2_000_000n,
    inputCacheRead: null,
    outputText: 4_000_000n,
    reason: 'contract',
    createdBy: 'Ann',
  }
  await prices.addOverride(prisma, orgId, { ...own, effectiveFrom: new Date('2026-11-01') })
  const later = await prices.addOverride(prisma, orgId, {
    ...own,
    outputText: 5_000_000n,
    effectiveFrom: new Date('2026-12-01'),
  })
  const of = { providerId: id, priceProvider: 'openai', model: 'sim-unpriced' }
  expect(await prices.priceOf(prisma, orgId, { ...of, at: Date.parse('2026-10-31') })).toBeUndefined()
  expect(await prices.priceOf(prisma, orgId, { ...of, at: Date.parse('2026-11-15') })).toMatchObject({
    rates: { inputUncached: 2_000_000n, inputCacheRead: 2_000_000n, outputText: 4_000_000n },
  })
  expect(await prices.priceOf(prisma, orgId, { ...of, at: Date.parse('2026-12-15') })).toMatchObject({
    version: `override:${later.id}`,
    rates: { outputText: 5_000_000n },
  })
  const policy = await buildOrgPolicy(prisma, orgId, { consoleUrl: null, at: Date.parse('2026-11-15') })
  expect(policy?.models.map((model) => model.price?.version)).toEqual([
    '1/openai/gpt-4o',
    expect.stringMatching(/^override:/),
  ])
})

it('shows another organisation no provider, credential, model or price', async () => {
  const { prisma } = database()
  const { orgId } = await aWorld(database())
  const other = await aWorld(database())
  const { id } = await providers.create(prisma, orgId, { ...simulated, credential: { sealed: 'v1.x', last4: 'abcd' } })
  await providers.recordVerification(prisma, orgId, id, found('gpt-4o'))
  const price = {
    providerId: id,
    model: 'gpt-4o',
    inputUncached: 1n,
    inputCacheRead: null,
    outputText: 1n,
    reason: null,
    createdBy: null,
  }
  await prices.addOverride(prisma, orgId, { ...price, effectiveFrom: new Date(0) })
  expect(await providers.list(prisma, other.orgId)).toEqual([])
  expect(await providers.one(prisma, other.orgId, id)).toBeUndefined()
  expect(await providers.sealedCredentialOf(prisma, other.orgId, id)).toBeUndefined()
  expect(await providers.update(prisma, other.orgId, id, { name: 'x' })).toBeUndefined()
  expect(await providers.setEnabled(prisma, other.orgId, id, false)).toBe(false)
  expect(await providers.setCredential(prisma, other.orgId, id, null)).toBe(false)
  expect(await providers.remove(prisma, other.orgId, id)).toBe(false)
  expect(await providers.changeModel(prisma, other.orgId, { providerId: id, name: 'gpt-4o' }, { enabled: false })).toBe(
    false,
  )
  expect(await providers.recordVerification(prisma, other.orgId, id, found('x'))).toBeUndefined()
  expect(await offeredModels(prisma, other.orgId)).toEqual([])
  expect(await prices.listOverrides(prisma, other.orgId)).toEqual([])
  expect(
    await prices.priceOf(prisma, other.orgId, {
      providerId: id,
      priceProvider: 'openai',
      model: 'gpt-4o',
      at: Date.now(),
    }),
  ).toMatchObject({
    rates: { inputUncached: 2_500_000n },
  })
})
