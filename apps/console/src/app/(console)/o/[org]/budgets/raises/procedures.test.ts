import { list as auditLog } from '@tollkeeper/db/audit'
import type { Organisation } from '@tollkeeper/db/organisations'
import { create as createTeam, putMember } from '@tollkeeper/db/teams'
import type { BudgetId, TeamId } from '@tollkeeper/domain/id'
import { makePolicyReader } from '@tollkeeper/redis/policies'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accesses } from '#server/roles.ts'
import { testConsole, type Person, type TestConsole } from '#server/test-console.ts'
import { testKey } from '#server/test-usage.ts'

let bench: TestConsole
let acme: Organisation
let research: TeamId
let owner: Person
let admin: Person
let lead: Person
let member: Person
let ofTeam: BudgetId
let ofMember: BudgetId

const org = 'acme'
const aMonth = { period: 'month', mode: 'hard', sharing: 'pool', id: null } as const
const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString()
const wanted = () => ({ org, amount: '5', until: inMinutes(60), reason: 'Launch week', refusedRequest: null })

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'yes',
    (error: { code: string }) => error.code,
  )

beforeAll(async () => {
  bench = await testConsole()
  acme = await bench.organisation('Acme')
  const db = bench.stores.database.prisma
  const team = await createTeam(db, acme.id, 'Research')
  if (!team.ok) throw new Error(team.reason)
  research = team.value.id
  owner = await bench.person(acme, 'owner')
  admin = await bench.person(acme, 'admin')
  lead = await bench.person(acme, 'lead', research)
  member = await bench.person(acme, 'member')
  await putMember(db, acme.id, { teamId: research, memberId: member.memberId, lead: false })
  await testKey(bench.stores, { orgId: acme.id, teamId: research, memberId: member.memberId, name: 'Laptop' })
  const set = (kind: 'team' | 'user', id: string, limit: string) =>
    owner.api.budgets.set({ org, scope: { kind, id }, ...aMonth, limit })
  ofTeam = (await set('team', research, '50')).id
  ofMember = (await set('user', member.memberId, '10')).id
})
afterAll(() => bench.stop())

describe('a raise', () => {
  it('is asked for by one person, approved by another for less, told to the proxies, audited, and ended', async () => {
    const asked = await member.api.raises.ask({ ...wanted(), budget: ofTeam })
    expect(await codeOf(member.api.raises.ask({ ...wanted(), budget: ofTeam }))).toBe('CONFLICT')
    expect(await admin.api.raises.waiting({ org })).toBe(1)
    const [seen] = (await admin.api.raises.list({ org })).requests
    expect(seen).toMatchObject({
      id: asked.id,
      state: 'open',
      own: false,
      mayDecide: true,
      budget: { limit: 50_000_000_000n },
    })
    const approval = { org, id: asked.id, amount: '4', until: inMinutes(30), note: 'Less will do' }
    await admin.api.raises.approve(approval)
    expect(await codeOf(admin.api.raises.approve(approval))).toBe('CONFLICT')
    expect(await admin.api.raises.waiting({ org })).toBe(0)
    const policy = async () => {
      const read = await makePolicyReader(bench.stores.redis, bench.stores.redis).org(acme.id)
      return read?.budgets.find((budget) => budget.id === ofTeam)?.raises?.map((raise) => raise.amount)
    }
    expect(await policy()).toEqual([4_000_000_000n])
    const [raise] = (await admin.api.raises.list({ org })).running
    await owner.api.raises.end({ org, id: raise?.id ?? '' })
    expect(await policy()).toBeUndefined()
    const lines = (await auditLog(bench.stores.database.prisma, acme.id, { action: 'raise' })).entries
    expect(lines.map((line) => [line.action, line.actorId])).toEqual([
      ['raise.end', owner.memberId],
      ['raise.approve', admin.memberId],
      ['raise.request', member.memberId],
    ])
    expect(lines[1]).toMatchObject({ before: { amountUsd: '5.000000000' }, after: { amountUsd: '4.000000000' } })
  })

  it('is declined with a reason, which who asked reads', async () => {
    const asked = await member.api.raises.ask({ ...wanted(), budget: ofTeam })
    expect(await codeOf(owner.api.raises.decline({ org, id: asked.id, note: ' ' }))).toBe('BAD_REQUEST')
    await owner.api.raises.decline({ org, id: asked.id, note: 'Use the small model' })
    const [seen] = (await member.api.raises.list({ org })).requests
    expect(seen).toMatchObject({ state: 'declined', own: true, decided: { note: 'Use the small model' } })
  })

  it('is never more, nor for longer, than was asked for', async () => {
    const asked = await member.api.raises.ask({ ...wanted(), budget: ofTeam })
    const approval = { org, id: asked.id, amount: '5.01', until: inMinutes(30), note: '' }
    expect(await codeOf(owner.api.raises.approve(approval))).toBe('BAD_REQUEST')
    expect(await codeOf(owner.api.raises.approve({ ...approval, amount: '5', until: inMinutes(61) }))).toBe(
      'BAD_REQUEST',
    )
    expect(await codeOf(owner.api.raises.withdraw({ org, id: asked.id }))).toBe('NOT_FOUND')
    await member.api.raises.withdraw({ org, id: asked.id })
    expect(await codeOf(owner.api.raises.approve({ ...approval, amount: '5' }))).toBe('CONFLICT')
  })

  it('is not decided by who asked, whatever they may do otherwise', async () => {
    const asked = await owner.api.raises.ask({ ...wanted(), budget: ofTeam })
    expect(await owner.api.raises.waiting({ org })).toBe(0)
    const approval = { org, id: asked.id, amount: '5', until: inMinutes(30), note: '' }
    expect(await codeOf(owner.api.raises.approve(approval))).toBe('FORBIDDEN')
    expect(await codeOf(owner.api.raises.decline({ org, id: asked.id, note: 'No' }))).toBe('FORBIDDEN')
    const give = { org, budget: ofTeam, subject: null, amount: '5', until: inMinutes(30), reason: 'Mine' }
    expect(await codeOf(owner.api.raises.give(give))).toBe('FORBIDDEN')
    await admin.api.raises.decline({ org, id: asked.id, note: 'No' })
  })

  it('of a person is approved by the lead of the team, up to what the team itself has', async () => {
    const asked = await member.api.raises.ask({ ...wanted(), amount: '100', budget: ofMember })
    const approval = { org, id: asked.id, until: inMinutes(30), note: '' }
    expect(await codeOf(lead.api.raises.approve({ ...approval, amount: '41' }))).toBe('BAD_REQUEST')
    expect(await codeOf(lead.api.raises.approve({ ...approval, amount: '40' }))).toBe('yes')
    const [raise] = (await lead.api.raises.list({ org })).running
    expect(raise).toMatchObject({ amount: 40_000_000_000n, mayEnd: true })
    await lead.api.raises.end({ org, id: raise?.id ?? '' })
    const ofTheTeam = await member.api.raises.ask({ ...wanted(), budget: ofTeam })
    expect(await codeOf(lead.api.raises.approve({ ...approval, id: ofTheTeam.id, amount: '1' }))).toBe('FORBIDDEN')
    await member.api.raises.withdraw({ org, id: ofTheTeam.id })
  })

  it('is given without a request, and shows at its limit', async () => {
    const give = { org, budget: ofMember, subject: null, amount: '2', until: inMinutes(30), reason: 'Demo day' }
    const given = await lead.api.raises.give(give)
    const tree = await member.api.budgets.tree({ org })
    expect(tree.teams[0]?.budgets[0]).toMatchObject({ limit: 10_000_000_000n, now: { limit: 12_000_000_000n } })
    await lead.api.raises.end({ org, id: given.id })
  })

  it('cannot be asked for where one has no business, and only what is there', async () => {
    const outside = await createTeam(bench.stores.database.prisma, acme.id, 'Sales')
    if (!outside.ok) throw new Error(outside.reason)
    const scope = { kind: 'team', id: outside.value.id } as const
    const foreign = await owner.api.budgets.set({ org, scope, ...aMonth, limit: '1' })
    expect(await codeOf(member.api.raises.ask({ ...wanted(), budget: foreign.id }))).toBe('NOT_FOUND')
    expect(await member.api.raises.askable({ org, scope })).toEqual([])
    const own = { kind: 'team', id: research } as const
    expect(await member.api.raises.askable({ org, scope: own })).toMatchObject([{ id: ofTeam, asked: false }])
    for (const wrong of [
      { amount: '0' },
      { amount: '-1' },
      { until: inMinutes(-1) },
      { until: 'tomorrow' },
      { reason: '' },
    ]) {
      expect(await codeOf(member.api.raises.ask({ ...wanted(), budget: ofTeam, ...wrong }))).toBe('BAD_REQUEST')
    }
  })
})

describe('who may ask and who may decide', () => {
  const asks = ['owner', 'admin', 'lead', 'member']
  const decides = ['owner', 'admin']

  it.each(accesses)('as %s: exactly as the matrix says', async (access) => {
    const { api, memberId } = await bench.person(acme, access)
    await putMember(bench.stores.database.prisma, acme.id, { teamId: research, memberId, lead: false })
    const own = await codeOf(api.raises.ask({ ...wanted(), budget: ofTeam }))
    expect(own).toBe(asks.includes(access) ? 'yes' : 'FORBIDDEN')
    const asked = await member.api.raises.ask({ ...wanted(), budget: ofTeam })
    // A lead of no team may decide in principle, and finds nothing to decide.
    const denied = access === 'lead' ? 'NOT_FOUND' : 'FORBIDDEN'
    const decline = await codeOf(api.raises.decline({ org, id: asked.id, note: 'No' }))
    expect(decline).toBe(decides.includes(access) ? 'yes' : denied)
    const give = { org, budget: ofMember, subject: null, amount: '1', until: inMinutes(9), reason: 'Test' }
    expect(await codeOf(api.raises.give(give))).toBe(decides.includes(access) ? 'yes' : denied)
    expect(await codeOf(api.raises.list({ org }))).toBe('yes')
    if (decline !== 'yes') await member.api.raises.withdraw({ org, id: asked.id })
  })

  it('nobody of another organisation finds anything, under our slug or under our ids', async () => {
    const globex = await bench.organisation('Globex')
    const outsider = await bench.person(globex, 'owner')
    const asked = await member.api.raises.ask({ ...wanted(), budget: ofTeam })
    const give = { budget: ofTeam, subject: null, amount: '1', until: inMinutes(9), reason: 'Test' }
    for (const slug of ['acme', 'globex']) {
      const codes = await Promise.all([
        codeOf(outsider.api.raises.ask({ ...wanted(), org: slug, budget: ofTeam })),
        codeOf(outsider.api.raises.decline({ org: slug, id: asked.id, note: 'No' })),
        codeOf(outsider.api.raises.withdraw({ org: slug, id: asked.id })),
        codeOf(outsider.api.raises.give({ ...give, org: slug })),
      ])
      expect(codes).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND'])
    }
    expect(await outsider.api.raises.list({ org: 'globex' })).toEqual({ requests: [], running: [] })
    expect(await codeOf(bench.stranger.raises.list({ org }))).toBe('UNAUTHORIZED')
  })
})
