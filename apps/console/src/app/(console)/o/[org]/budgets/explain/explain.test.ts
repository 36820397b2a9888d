import type { Organisation } from '@tollkeeper/db/organisations'
import { create as createTeam, putMember } from '@tollkeeper/db/teams'
import type { TeamId } from '@tollkeeper/domain/id'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testConsole, type Person, type TestConsole } from '#server/test-console.ts'
import { testKey, type Spender } from '#server/test-usage.ts'

let bench: TestConsole
let acme: Organisation
let research: TeamId
let owner: Person
let lead: Person
let member: Person
let laptop: Spender
let service: Spender

const org = 'acme'

beforeAll(async () => {
  bench = await testConsole()
  acme = await bench.organisation('Acme')
  await bench.organisation('Globex')
  const { prisma } = bench.stores.database
  const teamOf = async (name: string) => {
    const made = await createTeam(prisma, acme.id, name)
    if (!made.ok) throw new Error(made.reason)
    return made.value.id
  }
  research = await teamOf('Research')
  owner = await bench.person(acme, 'owner')
  lead = await bench.person(acme, 'lead', research)
  member = await bench.person(acme, 'member')
  await putMember(prisma, acme.id, { teamId: research, memberId: member.memberId, lead: false })
  laptop = await testKey(bench.stores, { orgId: acme.id, teamId: research, memberId: member.memberId, name: 'Laptop' })
  service = await testKey(bench.stores, { orgId: acme.id, teamId: await teamOf('Support'), name: 'Service' })
})
afterAll(() => bench.stop())

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'yes',
    (error: { code: string }) => error.code,
  )

describe('whose limits can be explained', () => {
  const namesFor = async (person: Person, scope: { kind: 'team' | 'key' | 'user'; id: string } | null) =>
    (await person.api.budgets.explainable({ org, scope })).subjects.map(
      ({ subject, name }) => `${subject.kind} ${name}`,
    )

  it('is everybody for an owner, the team for its lead, and themselves for a member', async () => {
    expect(await namesFor(owner, null)).toEqual(expect.arrayContaining(['key Laptop', 'key Service']))
    expect((await namesFor(owner, null)).filter((name) => name.startsWith('user'))).toHaveLength(3)
    const ofLead = await namesFor(lead, null)
    expect([ofLead.includes('key Laptop'), ofLead.includes('key Service')]).toEqual([true, false])
    const ofMember = await namesFor(member, null)
    expect(ofMember.filter((name) => name.startsWith('user'))).toHaveLength(1)
    expect(ofMember.filter((name) => name.startsWith('key'))).toEqual(['key Laptop'])
  })

  it('is narrowed to the scope that was chosen', async () => {
    expect((await namesFor(owner, { kind: 'team', id: research })).filter((name) => name.startsWith('key'))).toEqual([
      'key Laptop',
    ])
    expect(await namesFor(owner, { kind: 'key', id: service.keyId })).toEqual(['key Service'])
    const ofPerson = await namesFor(owner, { kind: 'user', id: member.memberId })
    expect(ofPerson.map((name) => name.split(' ')[0])).toEqual(['user', 'key'])
  })

  it('is nobody of another organisation, of another team, or above oneself', async () => {
    const outsider = await bench.person({ ...acme, id: (await globex()).id }, 'owner')
    const form = { model: 'gpt-4o-mini', inputTokens: '10', maxOutputTokens: '' }
    const asked = (spender: Spender) => ({ ...form, subject: { kind: 'key', id: spender.keyId } as const })
    expect(await codeOf(outsider.api.budgets.explain({ org: 'globex', ...asked(laptop) }))).toBe('NOT_FOUND')
    expect(await codeOf(outsider.api.budgets.explain({ org, ...asked(laptop) }))).toBe('NOT_FOUND')
    expect(await codeOf(lead.api.budgets.explain({ org, ...asked(service) }))).toBe('NOT_FOUND')
    const aboutOwner = { kind: 'user', id: owner.memberId, teamId: null } as const
    expect(await codeOf(member.api.budgets.explain({ org, ...form, subject: aboutOwner }))).toBe('NOT_FOUND')
    expect(await codeOf(bench.stranger.budgets.explain({ org, ...asked(laptop) }))).toBe('UNAUTHORIZED')
  })

  it.each([
    ['inputTokens', '0'],
    ['inputTokens', 'many'],
    ['maxOutputTokens', '1e3'],
    ['model', ''],
  ])('refuses %s = "%s"', async (field, value) => {
    const subject = { kind: 'key', id: laptop.keyId } as const
    const asked = { org, subject, model: 'gpt-4o-mini', inputTokens: '10', maxOutputTokens: '', [field]: value }
    expect(await codeOf(owner.api.budgets.explain(asked))).toBe('BAD_REQUEST')
  })

  const globex = async () => {
    const found = await bench.stores.database.prisma.organisation.findFirst({ where: { slug: 'globex' } })
    if (!found) throw new Error('Globex is gone')
    return found as unknown as Organisation
  }
})
