import { list as auditLines } from '@tollkeeper/db/audit'
import { set as setBudget } from '@tollkeeper/db/budgets'
import type { Organisation } from '@tollkeeper/db/organisations'
import { create as createTeam, putMember } from '@tollkeeper/db/teams'
import type { TeamId } from '@tollkeeper/domain/id'
import { hashKey, keyPattern, peppersText, publicIdOf } from '@tollkeeper/domain/key'
import { makePolicyReader } from '@tollkeeper/redis/policies'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testConsole, type Person, type TestConsole } from '#server/test-console.ts'
import { testEnv, type TestSecrets } from '#server/test-env.ts'
import type { CreateKeyForm } from './inputs.ts'

let secrets: TestSecrets
let bench: TestConsole
let acme: Organisation
let globex: Organisation
let platform: TeamId
let research: TeamId
let owner: Person
let lead: Person
let member: Person

beforeAll(async () => {
  secrets = testEnv()
  bench = await testConsole()
  acme = await bench.organisation('Acme')
  globex = await bench.organisation('Globex')
  platform = await aTeam(acme, 'Platform')
  research = await aTeam(acme, 'Research')
  owner = await bench.person(acme, 'owner')
  lead = await bench.person(acme, 'lead', platform)
  member = await bench.person(acme, 'member')
  await joins(member, platform)
})
afterAll(() => bench.stop())

const db = () => bench.stores.database.prisma

async function aTeam(org: Organisation, name: string): Promise<TeamId> {
  const made = await createTeam(db(), org.id, name)
  if (!made.ok) throw new Error('The team exists already')
  return made.value.id
}

const joins = (person: Person, teamId: TeamId) =>
  putMember(db(), acme.id, { teamId, memberId: person.memberId, lead: false })

const form = (over: Partial<CreateKeyForm>): CreateKeyForm => ({
  name: 'ci',
  teamId: platform,
  teamName: '',
  quota: '5',
  period: 'month',
  ownerId: '',
  expires: 'never',
  expiresOn: '',
  allowedModels: '',
  ...over,
})

const everything = { org: 'acme', search: '', status: null, teamId: null, after: null } as const

describe('making a key', () => {
  it('answers its text once; the database keeps a keyed hash, the audit log and later answers no secret', async () => {
    const made = await owner.api.keys.create({ org: 'acme', ...form({ name: 'once' }) })
    expect(made.secret).toMatch(keyPattern)
    expect(made.last4).toBe(made.secret.slice(-4))

    const row = await db().apiKey.findUniqueOrThrow({ where: { publicId: publicIdOf(made.secret) ?? '' } })
    expect(row.hash).toBe(hashKey(made.secret, peppersText.parse(secrets.peppers), 1))
    const record = await makePolicyReader(bench.stores.redis, bench.stores.redis).key(row.publicId)
    expect(record).toMatchObject({ hash: row.hash, status: 'active', scopes: { teamId: platform, userId: null } })

    const seen = await owner.api.keys.one({ org: 'acme', id: made.id })
    const lines = await auditLines(db(), acme.id, { target: `key:${made.id}` })
    const kept = JSON.stringify([row, record, seen, lines], (_, part: unknown) =>
      typeof part === 'bigint' ? String(part) : part,
    )
    expect(kept).not.toContain(made.secret)
    expect(kept).not.toContain(made.secret.slice(14, -6))
    expect(lines.entries[0]).toMatchObject({ action: 'key.create', after: { name: 'once', quota: '5000000000' } })
  })

  it('gives it the quota, the models and the end that were asked for', async () => {
    const wanted = form({
      name: 'narrow',
      quota: '0.25',
      period: 'day',
      allowedModels: 'gpt-*, claude-haiku-4-5\ngpt-*',
      expires: '30',
    })
    const { id } = await owner.api.keys.create({ org: 'acme', ...wanted })
    const key = await owner.api.keys.one({ org: 'acme', id })
    expect(key).toMatchObject({
      state: 'active',
      allowedModels: ['gpt-*', 'claude-haiku-4-5'],
      quota: { limit: 250_000_000n, period: 'day', hard: true, used: 0n, held: 0n },
    })
    expect(key.expiresAt && key.expiresAt.getTime() - key.createdAt.getTime()).toBeGreaterThan(29.9 * 86_400_000)
  })

  it('ends a key at the end of the chosen day in the time zone of the organisation', async () => {
    const { expiresAt } = await owner.api.keys.create({
      org: 'acme',
      ...form({ expires: 'date', expiresOn: '2031-07-14' }),
    })
    // Helsinki is three hours ahead of UTC in July.
    expect(expiresAt).toEqual(new Date('2031-07-14T21:00:00Z'))
  })

  it('makes the team along with the first key', async () => {
    const first = await bench.organisation('Fresh')
    const founder = await bench.person(first, 'owner')
    await founder.api.keys.create({ org: 'fresh', ...form({ teamId: 'new', teamName: 'General' }) })
    expect(await founder.api.keys.teams({ org: 'fresh' })).toMatchObject([{ name: 'General' }])
    await expect(
      founder.api.keys.create({ org: 'fresh', ...form({ teamId: 'new', teamName: 'General' }) }),
    ).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  it.each([
    ['name', { name: '  ' }],
    ['teamId', { teamId: '' }],
    ['teamName', { teamId: 'new', teamName: '' }],
    ['quota', { quota: '5e3' }],
    ['quota', { quota: '-1' }],
    ['quota', { quota: '9000000.000000001' }],
    ['expiresOn', { expires: 'date', expiresOn: '2020-01-01' }],
    ['expiresOn', { expires: 'date', expiresOn: '2031-02-30' }],
    ['allowedModels', { allowedModels: 'x'.repeat(257) }],
  ] as const)('refuses a bad %s (%#)', async (_, over) => {
    await expect(owner.api.keys.create({ org: 'acme', ...form(over) })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })
})

describe('who may make which keys', () => {
  it('a member only for themselves, in their teams', async () => {
    const own = form({ ownerId: member.memberId })
    await member.api.keys.create({ org: 'acme', ...own, name: 'mine' })
    const attempts = [
      { ...own, teamId: research },
      { ...own, ownerId: lead.memberId },
      { ...own, ownerId: '' },
      { ...own, teamId: 'new', teamName: 'Mine' },
    ]
    const codes = await Promise.all(attempts.map((each) => codeOf(member.api.keys.create({ org: 'acme', ...each }))))
    expect(codes).toEqual(['NOT_FOUND', 'FORBIDDEN', 'FORBIDDEN', 'NOT_FOUND'])
  })

  it('a lead for people and services of the teams they lead', async () => {
    const someone = await bench.person(acme, 'member')
    const attempts = [
      form({ ownerId: member.memberId }),
      form({ ownerId: '' }),
      form({ ownerId: someone.memberId }),
      form({ teamId: research }),
    ]
    const codes = await Promise.all(attempts.map((each) => codeOf(lead.api.keys.create({ org: 'acme', ...each }))))
    expect(codes).toEqual(['done', 'done', 'NOT_FOUND', 'NOT_FOUND'])
  })

  it('not people of finance nor auditors', async () => {
    for (const access of ['finance', 'auditor'] as const) {
      const person = await bench.person(acme, access)
      expect(await codeOf(person.api.keys.create({ org: 'acme', ...form({}) }))).toBe('FORBIDDEN')
    }
  })
})

describe('the list', () => {
  it('shows a member their own keys, a lead those of their teams, finance none', async () => {
    const hers = await owner.api.keys.create({ org: 'acme', ...form({ name: 'of research', teamId: research }) })
    const names = async (person: Person) =>
      (await person.api.keys.list(everything)).keys.map((key) => [key.name, key.member?.id ?? null, key.team.name])
    expect(new Set((await names(member)).map(([, memberId]) => memberId))).toEqual(new Set([member.memberId]))
    expect(new Set((await names(lead)).map(([, , team]) => team))).toEqual(new Set(['Platform']))
    expect((await names(owner)).map(([name]) => name)).toContain('of research')
    expect(await codeOf(lead.api.keys.one({ org: 'acme', id: hers.id }))).toBe('NOT_FOUND')
    const finance = await bench.person(acme, 'finance')
    expect(await codeOf(finance.api.keys.list(everything))).toBe('FORBIDDEN')
  })

  it('finds by name, by the last four characters and by a pasted key, and narrows by state and team', async () => {
    const made = await owner.api.keys.create({ org: 'acme', ...form({ name: 'Nightly batch', teamId: research }) })
    const found = async (over: object) =>
      (await owner.api.keys.list({ ...everything, ...over })).keys.map((key) => key.name)
    expect(await found({ search: 'nightly' })).toEqual(['Nightly batch'])
    expect(await found({ search: made.last4 })).toContain('Nightly batch')
    expect(await found({ search: made.secret })).toEqual(['Nightly batch'])
    expect(await found({ search: 'nightly', teamId: platform })).toEqual([])
    expect(await found({ search: 'nightly', status: 'revoked' })).toEqual([])
  })

  it('comes in pages without repeating or leaving out a key', async () => {
    const org = await bench.organisation('Many')
    const boss = await bench.person(org, 'owner')
    const teamId = await aTeam(org, 'All')
    for (let index = 0; index < 53; index += 1) {
      await boss.api.keys.create({ org: 'many', ...form({ name: `key ${index}`, teamId, quota: '' }) })
    }
    const first = await boss.api.keys.list({ ...everything, org: 'many' })
    const second = await boss.api.keys.list({ ...everything, org: 'many', after: first.next })
    expect([first.keys.length, second.keys.length, second.next]).toEqual([50, 3, null])
    expect(new Set([...first.keys, ...second.keys].map((key) => key.id)).size).toBe(53)
  })
})

describe('the life of a key', () => {
  it('is disabled, enabled and revoked, and the proxies are told each time', async () => {
    const { id, secret } = await owner.api.keys.create({ org: 'acme', ...form({}) })
    const reader = makePolicyReader(bench.stores.redis, bench.stores.redis)
    const status = async () => (await reader.key(publicIdOf(secret) ?? ''))?.status
    await owner.api.keys.disable({ org: 'acme', id })
    expect(await status()).toBe('disabled')
    await owner.api.keys.enable({ org: 'acme', id })
    expect(await status()).toBe('active')
    await owner.api.keys.revoke({ org: 'acme', id })
    expect(await status()).toBe('revoked')
    expect(await codeOf(owner.api.keys.enable({ org: 'acme', id }))).toBe('CONFLICT')
    expect((await owner.api.keys.history({ org: 'acme', id })).map((line) => line.action)).toEqual([
      'key.revoke',
      'key.enable',
      'key.disable',
      'key.create',
    ])
  })

  it('has a quota that owners and leads change, and members do not', async () => {
    const { id } = await member.api.keys.create({ org: 'acme', ...form({ ownerId: member.memberId }) })
    expect(await codeOf(member.api.keys.setQuota({ org: 'acme', id, quota: '50', period: 'month' }))).toBe('FORBIDDEN')
    await lead.api.keys.setQuota({ org: 'acme', id, quota: '7.5', period: 'week' })
    const changed = await member.api.keys.one({ org: 'acme', id })
    expect(changed).toMatchObject({ quota: { limit: 7_500_000_000n, period: 'week' }, mayEditQuota: false })
    await owner.api.keys.setQuota({ org: 'acme', id, quota: '', period: 'week' })
    expect((await member.api.keys.one({ org: 'acme', id })).quota).toBeNull()
  })

  it('counts as exhausted when nothing of its quota is left', async () => {
    const { id } = await owner.api.keys.create({ org: 'acme', ...form({ quota: '0' }) })
    expect((await owner.api.keys.one({ org: 'acme', id })).state).toBe('exhausted')
  })
})

describe('the limits above a key', () => {
  it('are told widest first, and only as far as the viewer may read budgets', async () => {
    const budget = { period: 'month', mode: 'hard', sharing: 'pool' } as const
    const scopes = [
      ['organisation', acme.id, 900_000_000_000n],
      ['team', platform, 100_000_000_000n],
      ['user', member.memberId, 20_000_000_000n],
    ] as const
    for (const [kind, id, limit] of scopes) {
      await setBudget(db(), acme.id, { ...budget, scope: { kind, id }, limit })
    }
    const place = { org: 'acme', teamId: platform, ownerId: member.memberId }
    const told = async (person: Person) => {
      const { levels, hidden } = await person.api.keys.limits(place)
      return [levels.map((level) => [level.kind, level.limit]), hidden]
    }
    const [org, team, user] = scopes.map(([kind, , limit]) => [kind, limit])
    expect(await told(owner)).toEqual([[org, team, user], 0])
    expect(await told(lead)).toEqual([[team], 2])
    expect(await told(member)).toEqual([[user], 2])
  })
})

describe('another organisation', () => {
  it('finds none of these keys, whatever it asks and does', async () => {
    const { id } = await owner.api.keys.create({ org: 'acme', ...form({}) })
    const outsider = await bench.person(globex, 'owner')
    const own = { org: 'globex', id }
    const { api } = outsider
    const answers = await Promise.all(
      [
        api.keys.one(own),
        api.keys.spend(own),
        api.keys.recent(own),
        api.keys.history(own),
        api.keys.use(own),
        api.keys.disable(own),
        api.keys.enable(own),
        api.keys.revoke(own),
        api.keys.setQuota({ ...own, quota: '1', period: 'day' }),
        api.keys.create({ org: 'globex', ...form({ teamId: platform }) }),
        api.keys.limits({ org: 'globex', teamId: platform, ownerId: null }),
        api.keys.list(everything),
        api.keys.create({ org: 'acme', ...form({}) }),
      ].map(codeOf),
    )
    expect(new Set(answers)).toEqual(new Set(['NOT_FOUND']))
    const foreignOwner = form({ teamId: 'new', teamName: 'T', ownerId: owner.memberId })
    expect(await codeOf(api.keys.create({ org: 'globex', ...foreignOwner }))).toBe('NOT_FOUND')
    expect((await api.keys.list({ ...everything, org: 'globex' })).keys).toEqual([])
    expect((await owner.api.keys.one({ org: 'acme', id })).state).toBe('active')
    expect(await codeOf(bench.stranger.keys.list(everything))).toBe('UNAUTHORIZED')
  })
})

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: { code: string }) => error.code,
  )
