import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Organisation } from '@tollkeeper/db/organisations'
import { addModels, create as createProvider } from '@tollkeeper/db/providers'
import { create as createTeam, putMember } from '@tollkeeper/db/teams'
import type { TeamId } from '@tollkeeper/domain/id'
import { publicIdOf } from '@tollkeeper/domain/key'
import { makePolicyReader } from '@tollkeeper/redis/policies'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testConsole, type Person, type TestConsole } from '#server/test-console.ts'
import { testEnv } from '#server/test-env.ts'
import { testKey, testRequest } from '#server/test-usage.ts'

type Reply = { status: number; headers?: Record<string, string>; body: string }

/** In the place of the gateway: answers what it is told, and remembers what came. */
let reply: (secret: string) => Reply | Promise<Reply>
let calls: { url: string; secret: string; body: unknown }[] = []
let gateway: Server
let bench: TestConsole
let acme: Organisation
let globex: Organisation
let team: TeamId
let owner: Person
let member: Person

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const sent = JSON.parse(await text(request))
  const secret = request.headers.authorization?.replace('Bearer ', '') ?? ''
  calls.push({ url: request.url ?? '', secret, body: sent })
  const { status, headers, body } = await reply(secret)
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
}

const answered: Reply = {
  status: 200,
  headers: { 'x-request-id': 'req_1' },
  body: JSON.stringify({ choices: [{ message: { content: 'hi' } }] }),
}

beforeAll(async () => {
  gateway = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve))
  testEnv({ PROXY_PUBLIC_URL: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}` })
  bench = await testConsole()
  acme = await bench.organisation('Acme')
  globex = await bench.organisation('Globex')
  const made = await createTeam(db(), acme.id, 'Platform')
  if (!made.ok) throw new Error('The team exists already')
  team = made.value.id
  owner = await bench.person(acme, 'owner')
  member = await bench.person(acme, 'member')
  await putMember(db(), acme.id, { teamId: team, memberId: member.memberId, lead: false })
  const provider = {
    name: 'Simulated',
    kind: 'simulator',
    baseUrl: 'http://simulator.test/v1',
    credential: null,
  } as const
  await addModels(db(), acme.id, await createProvider(db(), acme.id, provider), [
    { id: 'gpt-4o-mini', ownedBy: 'openai' },
    { id: 'sim-unpriced', ownedBy: 'simulator' },
  ])
})
afterAll(async () => {
  await bench.stop()
  gateway.close()
})

const db = () => bench.stores.database.prisma
const published = (secret: string) =>
  makePolicyReader(bench.stores.redis, bench.stores.redis).key(publicIdOf(secret) ?? '')

async function send(person: Person, key: string | null = null) {
  calls = []
  return person.api.connect.sendTest({ org: 'acme', key, model: 'gpt-4o-mini' })
}

describe('the test request', () => {
  it('goes through the public address with a key of the caller that works for this one call', async () => {
    let during: Awaited<ReturnType<typeof published>> = null
    reply = async (secret) => {
      during = await published(secret)
      return answered
    }
    expect(await send(member)).toEqual({ status: 200, requestId: 'req_1', failure: null })
    expect(calls).toMatchObject([{ url: '/v1/chat/completions', body: { model: 'gpt-4o-mini' } }])
    const secret = calls[0]?.secret ?? ''
    expect(during).toMatchObject({ status: 'active', scopes: { teamId: team, userId: member.memberId } })
    expect(await published(secret)).toMatchObject({ status: 'revoked' })
    const row = await db().apiKey.findUniqueOrThrow({ where: { publicId: publicIdOf(secret) ?? '' } })
    expect(row.purpose).toBe('test')
    expect(row.expiresAt?.getTime()).toBeLessThanOrEqual(row.createdAt.getTime() + 600_000)
    const budget = await db().budget.findFirstOrThrow({ where: { orgId: acme.id, scopeId: row.id } })
    expect([budget.limitNano, budget.mode]).toEqual([50_000_000n, 'hard'])
    const list = await owner.api.keys.list({ org: 'acme', search: '', status: null, teamId: null, after: null })
    expect(list.keys.map((key) => key.id)).not.toContain(row.id)
  })

  it('uses a key that was just made, and leaves it as it is', async () => {
    reply = () => answered
    const form = {
      quota: '1',
      period: 'month',
      expires: 'never',
      expiresOn: '',
      allowedModels: '',
      teamName: '',
    } as const
    const made = await member.api.keys.create({
      org: 'acme',
      name: 'ci',
      teamId: team,
      ownerId: member.memberId,
      ...form,
    })
    expect(made).toMatchObject({ model: 'gpt-4o-mini' })
    expect(await send(member, made.secret)).toMatchObject({ status: 200 })
    expect(calls.map((call) => call.secret)).toEqual([made.secret])
    expect(await published(made.secret)).toMatchObject({ status: 'active' })
    const stranger = await bench.person(globex, 'owner')
    const theft = stranger.api.connect.sendTest({ org: 'globex', key: made.secret, model: 'gpt-4o-mini' })
    await expect(theft).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('tells a refusal in the words of the gateway, and still ends its key', async () => {
    const message = 'Budget reached: team "Platform" has used its monthly limit.'
    const error = {
      message,
      type: 'insufficient_quota',
      code: 'insufficient_quota',
      gateway: { reason: 'budget_exceeded' },
    }
    reply = () => ({ status: 402, headers: { 'x-request-id': 'req_2' }, body: JSON.stringify({ error }) })
    expect(await send(owner)).toEqual({
      status: 402,
      requestId: 'req_2',
      failure: { message, reason: 'budget_exceeded' },
    })
    expect(await published(calls[0]?.secret ?? '')).toMatchObject({ status: 'revoked' })
  })

  it.each([
    ['another program', { status: 200, body: '<html>' }],
    ['another API', { status: 200, body: '{"hello":1}' }],
    ['a redirect', { status: 302, headers: { location: 'http://example.com' }, body: '{}' }],
  ])('says so when %s answers', async (_, other) => {
    reply = () => other
    expect((await send(owner)).failure).toMatchObject({ reason: 'unreachable' })
  })

  it('is not for people of finance, auditors, nor somebody without a team', async () => {
    reply = () => answered
    const codes: unknown[] = []
    for (const access of ['finance', 'auditor', 'member'] as const) {
      const person = await bench.person(acme, access)
      codes.push(await send(person).catch((error: { code: string }) => error.code))
    }
    expect(codes).toEqual(['FORBIDDEN', 'FORBIDDEN', 'CONFLICT'])
    expect(calls).toEqual([])
  })
})

describe('what the page shows', () => {
  it('offers the models of the organisation and suggests one with a price', async () => {
    expect(await member.api.connect.basics({ org: 'acme' })).toMatchObject({
      models: [
        { name: 'gpt-4o-mini', priced: true },
        { name: 'sim-unpriced', priced: false },
      ],
      suggested: 'gpt-4o-mini',
      testable: true,
    })
    const outsider = await bench.person(globex, 'owner')
    expect(await outsider.api.connect.basics({ org: 'globex' })).toMatchObject({
      models: [],
      suggested: null,
      testable: false,
    })
    await expect(outsider.api.connect.basics({ org: 'acme' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('tells of the newest request that the viewer may see, or of one by its id', async () => {
    expect(await member.api.connect.last({ org: 'acme', id: null })).toBeNull()
    const other = await bench.person(acme, 'member')
    const of = { orgId: acme.id, teamId: team }
    const theirs = await testKey(bench.stores, { ...of, memberId: other.memberId })
    const own = await testKey(bench.stores, { ...of, memberId: member.memberId })
    const mine = await testRequest(bench.stores, own, { amount: 183_000n, at: new Date('2026-11-20T10:00:00Z') })
    const newer = await testRequest(bench.stores, theirs, { amount: 1n, at: new Date('2026-11-20T11:00:00Z') })
    expect(await member.api.connect.last({ org: 'acme', id: null })).toMatchObject({
      id: mine,
      status: 200,
      model: 'gpt-4o',
      tokens: 110,
      costNano: 183_000n,
    })
    expect(await member.api.connect.last({ org: 'acme', id: newer })).toBeNull()
    expect(await owner.api.connect.last({ org: 'acme', id: null })).toMatchObject({ id: newer })
    const outsider = await bench.person(globex, 'owner')
    expect(await outsider.api.connect.last({ org: 'globex', id: mine })).toBeNull()
    await expect(outsider.api.connect.last({ org: 'acme', id: mine })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const bad = owner.api.connect.last({ org: 'acme', id: 'not an id' })
    await expect(bad).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })
})
