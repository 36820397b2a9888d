import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { list as auditLines } from '@tollkeeper/db/audit'
import type { Organisation } from '@tollkeeper/db/organisations'
import { buildOrgPolicy, offeredModels } from '@tollkeeper/db/policies'
import { credentialMark, openCredential } from '@tollkeeper/domain/credential'
import type { ProviderId } from '@tollkeeper/domain/id'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testConsole, type Person, type TestConsole } from '#server/test-console.ts'
import { testEnv, type TestSecrets } from '#server/test-env.ts'

/** Stands where the proxy is: answers what a verification found, and keeps what it was asked. */
let proxy: Server
let asked: { authorization: string | undefined; body: Record<string, unknown> } | undefined
let answer: unknown
let secrets: TestSecrets
let bench: TestConsole
let acme: Organisation
let owner: Person
let auditor: Person
let member: Person
let stranger: Person

beforeAll(async () => {
  proxy = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      asked = {
        authorization: request.headers.authorization,
        body: JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>,
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  secrets = testEnv({
    PROXY_PUBLIC_URL: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    SIMULATOR_URL: 'http://simulator.test',
  })
  bench = await testConsole()
  acme = await bench.organisation('Acme')
  owner = await bench.person(acme, 'owner')
  auditor = await bench.person(acme, 'auditor')
  member = await bench.person(acme, 'member')
  stranger = await bench.person(await bench.organisation('Globex'), 'owner')
})
afterAll(async () => {
  proxy.close()
  await bench.stop()
})

const db = () => bench.stores.database.prisma
const org = () => ({ org: acme.slug })
const form = { kind: 'simulator' as const, name: 'Simulated', baseUrl: '', credential: '' }
const found = (...models: string[]) => ({
  ok: true,
  status: 200,
  models: models.map((id) => ({ id, ownedBy: 'openai' })),
  limits: { requests: 5_000 },
  latencyMs: 12.5,
})

const listed = async (id: ProviderId) =>
  (await owner.api.providers.list(org())).providers.find((provider) => provider.id === id)

describe('a provider', () => {
  it('is verified through the proxy, and its models are offered with their prices', async () => {
    const { id } = await owner.api.providers.add({ ...org(), ...form })
    answer = found('gpt-4o-mini', 'sim-unpriced')
    expect(await owner.api.providers.verify({ ...org(), id })).toEqual({ ok: true, models: 2 })
    expect(asked).toMatchObject({
      authorization: 'Bearer internal-token-of-the-test',
      body: {
        orgId: acme.id,
        providerId: id,
        kind: 'simulator',
        baseUrl: 'http://simulator.test/v1',
        sealedCredential: null,
      },
    })
    expect(await listed(id)).toMatchObject({
      verification: { ok: true, models: 2, limits: { requests: 5_000 } },
      models: [
        { name: 'gpt-4o-mini', rates: { input: 150_000n, output: 600_000n }, unpriced: false },
        { name: 'sim-unpriced', rates: null, unpriced: true },
      ],
    })
  })

  it('can be called for a model without a price once somebody adds one, to the millionth of a dollar', async () => {
    const { id } = await owner.api.providers.add({ ...org(), ...form, name: 'Second' })
    answer = found('own-model')
    await owner.api.providers.verify({ ...org(), id })
    const price = { input: '0.075', cachedInput: '', output: '1.000001', reason: 'contract' }
    await owner.api.providers.addPrice({ ...org(), id, model: 'own-model', ...price })
    const model = (await offeredModels(db(), acme.id)).find(({ name }) => name === 'own-model')
    expect(model?.price?.rates).toMatchObject({ inputUncached: 75_000n, outputText: 1_000_001n })
    const policy = await buildOrgPolicy(db(), acme.id, { consoleUrl: null })
    expect(policy?.models.find(({ name }) => name === 'own-model')?.price).not.toBeNull()
  })

  it.each(['1e3', '-1', '0.0000001', '１２', ''])('takes no price of %j', async (input) => {
    const { id } = await owner.api.providers.add({ ...org(), ...form, name: 'Third' })
    const price = { input, cachedInput: '', output: '1', reason: '' }
    await expect(owner.api.providers.addPrice({ ...org(), id, model: 'x', ...price })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
  })

  it('tells when verifying failed', async () => {
    const { id } = await owner.api.providers.add({ ...org(), ...form, name: 'Broken' })
    answer = { ok: false, status: 401, message: 'The provider does not accept this credential.' }
    expect(await owner.api.providers.verify({ ...org(), id })).toMatchObject({ ok: false })
    expect(await listed(id)).toMatchObject({ verification: { ok: false, status: 401 } })
  })
})

describe('a provider’s limits', () => {
  const learned = (providerId: ProviderId, requests: number, seenAtMs: number) => ({
    providerId,
    model: 'limited-model',
    credential: credentialMark(null),
    limits: {
      requests: { limit: requests, remaining: 20, resetsAtMs: null, per: 'minute' },
      tokens: null,
      inputTokens: null,
      outputTokens: null,
      seenAtMs,
    },
  })

  it('are asked for through the proxy, shown, and become the ceiling of the model', async () => {
    const { id } = await owner.api.providers.add({ ...org(), ...form, name: 'Limited' })
    answer = found('limited-model')
    await owner.api.providers.verify({ ...org(), id })
    expect(await listed(id)).toMatchObject({ limits: [] })

    answer = { learned: [learned(id, 50, 1_000)] }
    expect(await owner.api.providers.syncLimits({ ...org(), id })).toEqual({ known: 1 })
    expect(asked).toMatchObject({
      authorization: 'Bearer internal-token-of-the-test',
      body: { orgId: acme.id, providers: [{ id, baseUrl: 'http://simulator.test/v1', sealedCredential: null }] },
    })
    expect(await listed(id)).toMatchObject({
      limits: [
        {
          model: 'limited-model',
          seenAt: new Date(1_000),
          limits: [{ of: 'requests', limit: 50, remaining: 20, per: 'minute' }],
        },
      ],
    })
    const policy = await buildOrgPolicy(db(), acme.id, { consoleUrl: null })
    expect(policy?.models.find(({ name }) => name === 'limited-model')?.ceiling).toEqual({
      requestsPerMinute: 50,
      requestsPerHour: null,
      tokensPerMinute: null,
      tokensPerHour: null,
    })
  })

  it('of another provider, or in another form than limits have, are not taken', async () => {
    const [mine, other] = [
      await owner.api.providers.add({ ...org(), ...form, name: 'Mine' }),
      await stranger.api.providers.add({ org: 'globex', ...form, name: 'Theirs' }),
    ]
    answer = { learned: [learned(other.id, 1, 1_000)] }
    await owner.api.providers.syncLimits({ ...org(), id: mine.id })
    expect(await listed(mine.id)).toMatchObject({ limits: [] })
    answer = { learned: [learned(mine.id, 0, 1_000)] }
    await expect(owner.api.providers.syncLimits({ ...org(), id: mine.id })).rejects.toThrow(/could not be asked/)
  })

  it('are asked for by administrators of the organisation only', async () => {
    const { id } = await owner.api.providers.add({ ...org(), ...form, name: 'Asked' })
    await expect(auditor.api.providers.syncLimits({ ...org(), id })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(stranger.api.providers.syncLimits({ org: 'globex', id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('a provider’s credential', () => {
  it('is sealed to the proxy’s key for its origin, and nowhere in the answers or the audit log', async () => {
    const secret = 'sk-live-0123456789abcdef'
    const { id } = await owner.api.providers.add({
      ...org(),
      ...form,
      kind: 'openai',
      name: 'OpenAI',
      credential: secret,
    })
    const row = await db().provider.findFirstOrThrow({ where: { id } })
    const binding = { orgId: acme.id, providerId: id, origin: 'https://api.openai.com' }
    expect(openCredential(row.sealedCredential!, secrets.credentials.privateKey, binding)).toBe(secret)
    const everything = JSON.stringify(
      [await owner.api.providers.list(org()), await auditLines(db(), acme.id, {})],
      (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v),
    )
    expect(everything).not.toContain(secret)
    expect(await listed(id)).toMatchObject({ credential: { last4: 'cdef' } })
  })

  it('is demanded where the provider needs one', async () => {
    await expect(owner.api.providers.add({ ...org(), ...form, kind: 'openai', name: 'OpenAI' })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
  })
})

describe('a provider’s address', () => {
  it.each([
    'ftp://example.com',
    'https://user:secret@example.com/v1',
    'https://example.com/v1#x',
    'https://example.com/v1?key=1',
    'http://169.254.169.254/latest',
    'http://metadata.google.internal/v1',
    'not an address',
    '',
  ])('is not %j', async (baseUrl) => {
    await expect(
      owner.api.providers.add({ ...org(), ...form, kind: 'openai-compatible', name: 'X', baseUrl }),
    ).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })
})

describe('providers', () => {
  it('are read by auditors and changed by administrators only', async () => {
    expect((await auditor.api.providers.list(org())).providers.length).toBeGreaterThan(0)
    await expect(auditor.api.providers.add({ ...org(), ...form })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(member.api.providers.list(org())).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('of another organisation are not there', async () => {
    const { id } = await owner.api.providers.add({ ...org(), ...form, name: 'Mine' })
    const theirs = { org: 'globex', id }
    await expect(stranger.api.providers.list(org())).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(stranger.api.providers.verify(theirs)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(stranger.api.providers.setEnabled({ ...theirs, enabled: false })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await expect(stranger.api.providers.remove(theirs)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(stranger.api.providers.setCredential({ ...theirs, credential: 'x' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    expect(await listed(id)).toMatchObject({ enabled: true })
  })

  it('stop answering when they are removed', async () => {
    const { id } = await owner.api.providers.add({ ...org(), ...form, name: 'Gone' })
    answer = found('only-here')
    await owner.api.providers.verify({ ...org(), id })
    await owner.api.providers.remove({ ...org(), id })
    expect(await listed(id)).toBeUndefined()
    expect((await offeredModels(db(), acme.id)).some(({ name }) => name === 'only-here')).toBe(false)
  })
})
