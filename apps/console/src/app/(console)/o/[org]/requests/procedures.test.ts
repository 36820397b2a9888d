import { recordUsage } from '@tollkeeper/db/ledger'
import * as members from '@tollkeeper/db/members'
import type { Organisation } from '@tollkeeper/db/organisations'
import { create as createTeam, putMember } from '@tollkeeper/db/teams'
import type { AttemptId, KeyId, ProviderId, RequestId, TeamId } from '@tollkeeper/domain/id'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testConsole, type Person, type TestConsole } from '#server/test-console.ts'
import { testKey, testRequest } from '#server/test-usage.ts'

let bench: TestConsole
let acme: Organisation
let owner: Person
let lead: Person
let member: Person
let stranger: Person
let ofMember: RequestId
let ofTeam: RequestId
let elsewhere: RequestId
let refused: RequestId

const filter = { search: '', state: null, teamId: null, keyId: null, model: '', after: null }

async function aTeam(org: Organisation, name: string): Promise<TeamId> {
  const made = await createTeam(bench.stores.database.prisma, org.id, name)
  if (!made.ok) throw new Error('The team exists already')
  return made.value.id
}

beforeAll(async () => {
  bench = await testConsole()
  acme = await bench.organisation('Acme')
  const globex = await bench.organisation('Globex')
  const platform = await aTeam(acme, 'Platform')
  const research = await aTeam(acme, 'Research')
  owner = await bench.person(acme, 'owner')
  lead = await bench.person(acme, 'lead', platform)
  member = await bench.person(acme, 'member')
  stranger = await bench.person(globex, 'owner')
  await putMember(bench.stores.database.prisma, acme.id, { teamId: platform, memberId: member.memberId, lead: false })
  const { stores } = bench
  const own = await testKey(stores, { orgId: acme.id, teamId: platform, memberId: member.memberId })
  const service = await testKey(stores, { orgId: acme.id, teamId: platform })
  const other = await testKey(stores, { orgId: acme.id, teamId: research })
  const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 12, minute))
  ofMember = await testRequest(stores, own, {
    amount: 58_500n,
    hold: 90_000n,
    at: at(1),
    tokens: { inputUncached: 150, outputText: 60 },
  })
  ofTeam = await testRequest(stores, service, { amount: 1_000n, at: at(2) })
  elsewhere = await testRequest(stores, other, { amount: 2_000n, at: at(3) })
  refused = await testRequest(stores, own, {
    at: at(4),
    request: {
      status: 402,
      failure: 'budget_exceeded',
      modelUsed: null,
      attempts: 0,
      refusal: {
        reason: 'budget_exceeded',
        scope: { kind: 'team', id: platform, name: 'Platform' },
        period: 'month',
        resetsAt: '2026-12-01T00:00:00+02:00',
        limitUsd: '100.000000000',
        spentUsd: '99.981200000',
        heldUsd: '0.000000000',
        estimateUsd: '0.031200000',
        maxOutputTokensThatFit: 120,
        retryAfterMs: null,
      },
    },
  })
})
afterAll(() => bench.stop())

const idsOf = async (person: Person, over: Partial<typeof filter> = {}) =>
  (await person.api.requests.list({ org: acme.slug, ...filter, ...over })).requests.map(({ id }) => id)

describe('the list of requests', () => {
  it('shows an owner all four, newest first, a lead those of the team, a member their own two', async () => {
    expect(await idsOf(owner)).toEqual([refused, elsewhere, ofTeam, ofMember])
    expect(await idsOf(lead)).toEqual([refused, ofTeam, ofMember])
    expect(await idsOf(member)).toEqual([refused, ofMember])
  })

  it('is narrowed to refusals, and to one id by its beginning', async () => {
    expect(await idsOf(owner, { state: 'refused' as never })).toEqual([refused])
    expect(await idsOf(owner, { search: ofTeam.slice(0, 12) })).toEqual([ofTeam])
  })

  it('answers 404 to another organisation and 400 to a list of no such outcome', async () => {
    await expect(stranger.api.requests.list({ org: acme.slug, ...filter })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(
      owner.api.requests.list({ org: acme.slug, ...filter, state: 'nonsense' as never }),
    ).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })
})

describe('one request', () => {
  it('tells tokens, what was held and what it cost', async () => {
    const seen = await member.api.requests.one({ org: acme.slug, id: ofMember })
    expect(seen.costNano).toBe(58_500n)
    expect(seen.attempts).toMatchObject([
      {
        holdNano: 90_000n,
        costNano: 58_500n,
        lines: [
          { class: 'inputUncached', tokens: 150 },
          { class: 'outputText', tokens: 60 },
        ],
      },
    ])
  })

  it('tells what a corrected price made of it, who applied that and why, beside the charge', async () => {
    const { prisma, pool } = bench.stores.database
    const [charge] = await prisma.ledgerEntry.findMany({ where: { orgId: acme.id, requestId: ofMember } })
    if (!charge) throw new Error('There is no charge')
    const scopes = {
      orgId: acme.id,
      teamId: charge.teamId as TeamId,
      roleGroupId: null,
      roleId: null,
      userId: member.memberId,
      keyId: charge.keyId as KeyId,
    }
    const event = {
      attemptId: charge.attemptId as AttemptId,
      kind: 'adjustment' as const,
      amount: -8_500n,
      hold: 0n,
      nodes: [],
      meta: {
        requestId: ofMember,
        scopes,
        providerId: charge.providerId as ProviderId,
        model: charge.model,
        priceVersion: 'override:price_2',
        atMs: charge.at.getTime(),
      },
      result: { outcome: 'answered', usageSource: 'reported', tokens: {}, status: 200 } as const,
      cause: { id: 'rate_1', reason: 'The contract says so', actorId: owner.memberId },
    }
    const entry = { shard: 's00', streamId: '1-0', payload: { kind: 'attempt', event, request: null } as const }
    await recordUsage(pool, [entry, entry])
    const seen = await member.api.requests.one({ org: acme.slug, id: ofMember })
    expect([seen.costNano, seen.inputTokens]).toEqual([50_000n, 150])
    const by = (await members.one(prisma, acme.id, owner.memberId))?.name
    expect(seen.attempts).toMatchObject([
      {
        costNano: 50_000n,
        priceVersion: 'override:price_2',
        adjustments: [{ amountNano: -8_500n, reason: 'The contract says so', by }],
        lines: [
          { class: 'inputUncached', tokens: 150 },
          { class: 'outputText', tokens: 60 },
        ],
      },
    ])
  })

  it('tells why it was refused, in the words the caller was told', async () => {
    const seen = await member.api.requests.one({ org: acme.slug, id: refused })
    expect(seen.refusal).toMatchObject({ limitUsd: '100.000000000', maxOutputTokensThatFit: 120 })
  })

  it('is not there for a member whose it is not, nor for another organisation', async () => {
    await expect(member.api.requests.one({ org: acme.slug, id: elsewhere })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await expect(lead.api.requests.one({ org: acme.slug, id: elsewhere })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(stranger.api.requests.one({ org: acme.slug, id: ofTeam })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
