import { list as auditLines } from '@tollkeeper/db/audit'
import type { Organisation } from '@tollkeeper/db/organisations'
import { recordVerification } from '@tollkeeper/db/providers'
import type { ProviderId } from '@tollkeeper/domain/id'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testConsole, type Person, type TestConsole } from '#server/test-console.ts'
import { testEnv } from '#server/test-env.ts'
import { testKey, testRequest } from '#server/test-usage.ts'
import { create as createTeam } from '@tollkeeper/db/teams'

let bench: TestConsole
let acme: Organisation
let owner: Person
let auditor: Person
let stranger: Person
let id: ProviderId

const model = 'gpt-4o-mini'
const form = { kind: 'simulator' as const, name: 'Simulated', baseUrl: '', credential: '' }
const price = { input: '0.10', cachedInput: '', output: '0.05', reason: '' }
const yesterday = new Date(Date.now() - 86_400_000)
const since = '2020-01-01'
const db = () => bench.stores.database.prisma
const asked = () => ({ org: acme.slug, id, model, since })

beforeAll(async () => {
  testEnv({ SIMULATOR_URL: 'http://simulator.test' })
  bench = await testConsole()
  acme = await bench.organisation('Acme')
  owner = await bench.person(acme, 'owner')
  auditor = await bench.person(acme, 'auditor')
  stranger = await bench.person(await bench.organisation('Globex'), 'owner')
  id = (await owner.api.providers.add({ org: acme.slug, ...form })).id
  await recordVerification(db(), acme.id, id, {
    ok: true,
    status: 200,
    models: [{ id: model, ownedBy: 'openai' }],
    limits: {},
    latencyMs: 1,
  })
  const team = await createTeam(db(), acme.id, 'Data Science')
  if (!team.ok) throw new Error(team.reason)
  const key = await testKey(bench.stores, { orgId: acme.id, teamId: team.value.id })
  const tokens = { inputUncached: 4, outputText: 6 }
  for (const amount of [1_000n, 1_000n, 700n]) {
    await testRequest(bench.stores, key, { amount, at: yesterday, model, tokens, providerId: id })
  }
})
afterAll(() => bench.stop())

describe('applying a price to past usage', () => {
  it('needs a price of one’s own, a day that has begun, and a reason', async () => {
    await expect(owner.api.reratings.preview(asked())).rejects.toMatchObject({
      message: expect.stringContaining('own'),
    })
    await owner.api.providers.addPrice({ org: acme.slug, id, model, ...price })
    await expect(owner.api.reratings.preview({ ...asked(), since: '2999-01-01' })).rejects.toMatchObject({
      message: 'Choose a day that has begun.',
    })
    await expect(owner.api.reratings.preview({ ...asked(), since: '1.1.2020' })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
    await expect(owner.api.reratings.start({ ...asked(), reason: ' ' })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    expect(await owner.api.reratings.list({ org: acme.slug })).toEqual([])
  })

  it('is shown first: two of three charges would fall from $0.000002 to $0.0000014 together, and nothing moves', async () => {
    const preview = await owner.api.reratings.preview(asked())
    const change = { attempts: 2, chargedNano: 2_000n, rightNano: 1_400n }
    expect(preview).toMatchObject({ ...change, unchanged: 1, leftAlone: 0 })
    expect(preview.days).toEqual([{ date: yesterday.toISOString().slice(0, 10), ...change }])
    expect(await db().ledgerEntry.count({ where: { orgId: acme.id } })).toBe(3)
  })

  it('is for administrators of the organisation only, whose others see nothing of it', async () => {
    for (const call of [
      () => auditor.api.reratings.preview(asked()),
      () => auditor.api.reratings.start({ ...asked(), reason: 'x' }),
      () => auditor.api.reratings.list({ org: acme.slug }),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'FORBIDDEN' })
    }
    for (const org of ['globex', acme.slug]) {
      await expect(stranger.api.reratings.preview({ ...asked(), org })).rejects.toMatchObject({ code: 'NOT_FOUND' })
      await expect(stranger.api.reratings.start({ ...asked(), org, reason: 'x' })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      })
    }
    expect(await db().rerating.count()).toBe(0)
  })

  it('is noted with its actor in the audit log, and not begun again while it runs', async () => {
    await owner.api.reratings.start({ ...asked(), reason: 'The contract says so' })
    await expect(owner.api.reratings.start({ ...asked(), reason: 'Again' })).rejects.toMatchObject({ code: 'CONFLICT' })
    const [entry] = (await auditLines(db(), acme.id, { action: 'price.apply' })).entries
    expect(entry).toMatchObject({
      target: `provider:${id}`,
      after: { model, attempts: 2, difference: '-0.000000600', reason: 'The contract says so' },
    })
    const [rerating, ...others] = await owner.api.reratings.list({ org: acme.slug })
    expect(others).toEqual([])
    expect(rerating).toMatchObject({ model, attempts: 2, expectedNano: -600n, adjusted: 0, finishedAt: null })
    expect(await stranger.api.reratings.list({ org: 'globex' })).toEqual([])
  })
})
