import { credentialMark } from '@tollkeeper/domain/credential'
import type { ProviderId } from '@tollkeeper/domain/id'
import type { LearnedLimits } from '@tollkeeper/domain/provider-limit'
import { expect, it } from 'vitest'
import { aWorld, testDatabase } from '../test/builders.ts'
import { buildOrgPolicy } from './policies/index.ts'
import * as limits from './provider-limits.ts'
import * as providers from './providers/index.ts'

const database = testDatabase()
const found = (...ids: string[]): providers.Verification => ({
  ok: true,
  status: 200,
  models: ids.map((id) => ({ id, ownedBy: 'openai' })),
  limits: null,
  latencyMs: 12,
})

async function anOrganisation(sealed: string | null = null) {
  const { prisma } = database()
  const { orgId } = await aWorld(database())
  const credential = sealed === null ? null : { sealed, last4: 'abcd' }
  const input = { name: 'Sim', kind: 'simulator', baseUrl: 'http://localhost:9099/v1', credential } as const
  const { id } = await providers.create(prisma, orgId, input)
  await providers.recordVerification(prisma, orgId, id, found('gpt-4o', 'gpt-4o-mini'))
  const ceilings = async () => {
    const policy = await buildOrgPolicy(prisma, orgId, { consoleUrl: null })
    return {
      version: policy?.version ?? 0,
      of: Object.fromEntries(policy?.models.map((m) => [m.name, m.ceiling]) ?? []),
    }
  }
  return { prisma, orgId, id, ceilings }
}

const learned = (
  id: ProviderId,
  wishes: { model?: string | null; requests?: number; remaining?: number; at?: number; sealed?: string | null } = {},
): LearnedLimits => ({
  providerId: id,
  model: wishes.model === undefined ? 'gpt-4o' : wishes.model,
  credential: credentialMark(wishes.sealed ?? null),
  limits: {
    requests: {
      limit: wishes.requests ?? 500,
      remaining: wishes.remaining ?? 499,
      resetsAtMs: null,
      per: 'minute',
    },
    tokens: null,
    inputTokens: null,
    outputTokens: null,
    seenAtMs: wishes.at ?? 1_000,
  },
})

it("puts a provider's limits per minute into the policy, as the ceiling of that model alone", async () => {
  const { prisma, orgId, id, ceilings } = await anOrganisation()
  expect((await ceilings()).of).toEqual({ 'gpt-4o': null, 'gpt-4o-mini': null })
  expect(await limits.record(prisma, orgId, [learned(id), learned(id, { model: null, requests: 9 })])).toBe(1)
  expect((await ceilings()).of).toEqual({
    'gpt-4o': { requestsPerMinute: 500, requestsPerHour: null, tokensPerMinute: null, tokensPerHour: null },
    'gpt-4o-mini': null,
  })
})

it('publishes a new policy when a limit changes, not when less of it remains, and believes no older news', async () => {
  const { prisma, orgId, id, ceilings } = await anOrganisation()
  await limits.record(prisma, orgId, [learned(id)])
  const { version } = await ceilings()
  expect(await limits.record(prisma, orgId, [learned(id, { remaining: 3, at: 2_000 })])).toBe(0)
  expect((await ceilings()).version).toBe(version)
  expect((await limits.list(prisma, orgId))[0]?.limits.requests?.remaining).toBe(3)

  expect(await limits.record(prisma, orgId, [learned(id, { requests: 60, at: 1_500 })])).toBe(0)
  expect(await limits.record(prisma, orgId, [learned(id, { requests: 60, at: 3_000 })])).toBe(1)
  expect(await ceilings()).toMatchObject({ version: version + 1, of: { 'gpt-4o': { requestsPerMinute: 60 } } })
})

it('keeps nothing of a credential that was replaced', async () => {
  const { prisma, orgId, id, ceilings } = await anOrganisation('v1.first')
  expect(await limits.record(prisma, orgId, [learned(id, { sealed: 'v1.other' })])).toBe(0)
  expect(await limits.record(prisma, orgId, [learned(id, { sealed: 'v1.first' })])).toBe(1)
  await providers.setCredential(prisma, orgId, id, { sealed: 'v1.second', last4: 'wxyz' })
  expect((await ceilings()).of['gpt-4o']).toBeNull()
  expect(await limits.record(prisma, orgId, [learned(id, { sealed: 'v1.first', at: 9_000 })])).toBe(0)
})

it('shows another organisation nothing, and takes nothing from it', async () => {
  const [ours, theirs] = [await anOrganisation(), await anOrganisation()]
  await limits.record(ours.prisma, ours.orgId, [learned(ours.id)])
  expect(await limits.list(theirs.prisma, theirs.orgId)).toEqual([])
  expect(await limits.record(theirs.prisma, theirs.orgId, [learned(ours.id, { at: 9_000 })])).toBe(0)
})
