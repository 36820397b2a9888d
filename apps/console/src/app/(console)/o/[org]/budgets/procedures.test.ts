import { list as auditLog } from '@tollkeeper/db/audit'
import * as budgets from '@tollkeeper/db/budgets'
import type { Organisation } from '@tollkeeper/db/organisations'
import * as roles from '@tollkeeper/db/roles'
import { create as createTeam, putMember } from '@tollkeeper/db/teams'
import { save as saveVerification } from '@tollkeeper/db/verification'
import type { Budget } from '@tollkeeper/domain/budget'
import type { BudgetId, TeamId } from '@tollkeeper/domain/id'
import type { Scope } from '@tollkeeper/domain/scope'
import { connectRedis } from '@tollkeeper/redis/connection'
import { makePolicyReader } from '@tollkeeper/redis/policies'
import { freePort } from '@tollkeeper/testbed/processes'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accesses } from '#server/roles.ts'
import { testConsole, type Person, type TestConsole } from '#server/test-console.ts'
import { testHold, testKey, testRequest, type Spender } from '#server/test-usage.ts'
import type { Branch } from './branches.ts'

let bench: TestConsole
let acme: Organisation
let globex: Organisation
let research: TeamId
let support: TeamId
let owner: Person
let lead: Person
let member: Person
let ofMember: Spender
let ofNobody: Spender

const org = 'acme'
const aMonth = { period: 'month', mode: 'hard', sharing: 'pool', id: null } as const

const aTeam = async (name: string): Promise<TeamId> => {
  const made = await createTeam(bench.stores.database.prisma, acme.id, name)
  if (!made.ok) throw new Error(made.reason)
  return made.value.id
}

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'yes',
    (error: { code: string }) => error.code,
  )

const flat = (branches: readonly Branch[]): Branch[] =>
  branches.flatMap((branch) => [branch, ...(branch.children === 'lazy' ? [] : flat(branch.children))])

const branchOf = (branches: readonly Branch[], name: string): Branch => {
  const found = flat(branches).find((branch) => branch.scope.name === name)
  if (!found) throw new Error(`There is no ${name} in the tree`)
  return found
}

const nodeOf = (budget: Budget, subject: string | null = null) => ({
  budget,
  ...budgets.nodeAt(budget, { zone: acme.timeZone, at: Date.now() }, subject),
})

beforeAll(async () => {
  bench = await testConsole()
  acme = await bench.organisation('Acme')
  globex = await bench.organisation('Globex')
  research = await aTeam('Research')
  support = await aTeam('Support')
  owner = await bench.person(acme, 'owner')
  lead = await bench.person(acme, 'lead', research)
  member = await bench.person(acme, 'member')
  const { stores } = bench
  const db = stores.database.prisma
  await putMember(db, acme.id, { teamId: research, memberId: member.memberId, lead: false })
  ofMember = await testKey(stores, { orgId: acme.id, teamId: research, memberId: member.memberId, name: 'Laptop' })
  ofNobody = await testKey(stores, { orgId: acme.id, teamId: support, name: 'Service' })
  await testRequest(stores, ofMember, { amount: 400n, at: new Date() })
  await roles.createGroup(db, acme.id, 'Engineering')
})
afterAll(() => bench.stop())

const team = (): Scope => ({ kind: 'team', id: research })
const person = (): Scope => ({ kind: 'user', id: member.memberId })

describe('limits of an organisation', () => {
  it('say that nothing is limited, until something is', async () => {
    expect((await owner.api.budgets.tree({ org })).nothingLimited).toBe(true)
    await owner.api.budgets.set({ org, scope: { kind: 'organisation', id: acme.id }, ...aMonth, limit: '10' })
    const tree = await owner.api.budgets.tree({ org })
    expect([tree.nothingLimited, tree.live]).toEqual([false, true])
    expect(flat([...tree.teams, ...tree.roles]).map((branch) => branch.scope.name)).toEqual([
      'Acme',
      'Research',
      'Support',
      'Engineering',
    ])
  })

  it('are set with what was spent already, told to the proxies at once, and written into the audit log', async () => {
    const made = await owner.api.budgets.set({ org, scope: team(), ...aMonth, limit: '0.000001' })
    const { teams } = await owner.api.budgets.tree({ org })
    expect(branchOf(teams, 'Research').budgets).toMatchObject([
      { id: made.id, limit: 1_000n, standing: { used: 400n, held: 0n } },
    ])
    const policy = await makePolicyReader(bench.stores.redis, bench.stores.redis).org(acme.id)
    expect(policy?.budgets.map((budget) => [budget.scope.name, budget.limit])).toContainEqual(['Research', 1_000n])
    const [line] = (await auditLog(bench.stores.database.prisma, acme.id)).entries
    expect(line).toMatchObject({
      action: 'budget.set',
      target: `budget:${made.id}`,
      before: null,
      after: { scope: 'team Research', limitUsd: '0.000001000', period: 'month', mode: 'hard', sharing: 'pool' },
    })
  })

  it('show what running requests hold, and count it when they are done', async () => {
    const own = await budgets.byScope(bench.stores.database.prisma, acme.id, team())
    const node = nodeOf(own[0] as Budget)
    const held = await testHold(bench.stores, ofMember, { amount: 250n, nodes: [node] })
    const counters = `${node.budget.id}~-`
    const now = async () => (await owner.api.budgets.live({ org, counters })).counters[0]
    expect(await now()).toMatchObject({ id: counters, used: 400n, held: 250n })
    await held.settle(99n)
    expect(await now()).toMatchObject({ used: 499n, held: 0n })
  })

  it('keep their counter when the limit changes, and refuse a second one for the same period', async () => {
    const { teams } = await owner.api.budgets.tree({ org })
    const [before] = branchOf(teams, 'Research').budgets
    const edited = { org, scope: team(), ...aMonth, limit: '0.000002', id: before?.id ?? null }
    const changed = await owner.api.budgets.set(edited)
    expect([changed.id, changed.limit]).toEqual([before?.id, 2_000n])
    expect(branchOf((await owner.api.budgets.tree({ org })).teams, 'Research').budgets[0]?.standing?.used).toBe(499n)
    await expect(owner.api.budgets.set({ ...edited, id: null })).rejects.toMatchObject({ code: 'CONFLICT' })
    await owner.api.budgets.set({ ...edited, id: null, period: 'day' })
    const periods = branchOf((await owner.api.budgets.tree({ org })).teams, 'Research').budgets
    expect(periods.map((budget) => budget.period)).toEqual(['day', 'month'])
  })

  it('for each person show at the person, from where they come', async () => {
    const each = await owner.api.budgets.set({ org, scope: team(), ...aMonth, sharing: 'each', limit: '5' })
    await owner.api.budgets.set({ org, scope: person(), ...aMonth, limit: '3' })
    await testHold(bench.stores, ofMember, { amount: 7n, nodes: [nodeOf(each, member.memberId)] })
    const { branches } = await owner.api.budgets.team({ org, teamId: research })
    const shown = branchOf(branches, 'Person 3').budgets
    expect(shown.map((budget) => [budget.limit, budget.from?.name ?? null, budget.standing])).toMatchObject([
      [3_000_000_000n, null, { used: 400n, held: 0n }],
      [5_000_000_000n, 'Research', { used: 0n, held: 7n }],
    ])
    expect(branchOf(branches, 'Laptop').mayEdit).toBe(true)
    const atTeam = branchOf((await owner.api.budgets.tree({ org })).teams, 'Research').budgets
    expect(atTeam.find((budget) => budget.sharing === 'each')?.standing).toBeNull()
  })

  it('tell before they are lowered who would be refused', async () => {
    const asked = { org, scope: team(), period: 'month', mode: 'hard', sharing: 'pool', limit: '0.0000001' } as const
    expect(await owner.api.budgets.effect(asked)).toMatchObject({ spent: 499n, held: 0n, keys: 1, people: 1, over: 0 })
    expect(await owner.api.budgets.effect({ ...asked, sharing: 'each' })).toMatchObject({ over: 1 })
    expect(await owner.api.budgets.effect({ ...asked, sharing: 'each', limit: '1' })).toMatchObject({ over: 0 })
  })

  it('are taken away, and then limit nothing', async () => {
    const made = await owner.api.budgets.set({ org, scope: { kind: 'team', id: support }, ...aMonth, limit: '1' })
    await owner.api.budgets.remove({ org, id: made.id })
    expect(branchOf((await owner.api.budgets.tree({ org })).teams, 'Support').budgets).toEqual([])
    expect((await owner.api.budgets.live({ org, counters: `${made.id}~-` })).counters).toEqual([])
    await expect(owner.api.budgets.remove({ org, id: made.id })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    const [line] = (await auditLog(bench.stores.database.prisma, acme.id)).entries
    expect(line).toMatchObject({ action: 'budget.remove', before: { scope: 'team Support' }, after: null })
  })

  it('come with rate limits, which are set and taken away', async () => {
    const none = {
      requestsPerMinute: '',
      requestsPerHour: '',
      tokensPerMinute: '',
      tokensPerHour: '2000000',
      bucketCapacity: '',
      runningStreams: '',
      runningWhole: '',
    }
    const set = {
      ...none,
      requestsPerMinute: '60',
      bucketCapacity: '1000',
      bucketRefillPerSecond: '2.5',
      runningStreams: '20',
    }
    const scope = team()
    await owner.api.budgets.setRates({ org, scope, ...set })
    expect(await owner.api.budgets.rates({ org, scope })).toEqual({
      requestsPerMinute: 60,
      requestsPerHour: null,
      tokensPerMinute: null,
      tokensPerHour: 2_000_000,
      bucket: { capacity: 1_000, refillPerSecond: 2.5 },
      concurrency: { streams: 20, whole: null },
    })
    await owner.api.budgets.setRates({ org, scope, ...none, bucketRefillPerSecond: '' })
    expect((await owner.api.budgets.rates({ org, scope })).bucket).toBeNull()
    const halfABucket = { org, scope, ...none, bucketCapacity: '5', bucketRefillPerSecond: '' }
    await expect(owner.api.budgets.setRates(halfABucket)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })

  it('show a counter beside the ledger where the last verification found that they differ', async () => {
    const [budget] = await budgets.byScope(bench.stores.database.prisma, acme.id, team())
    const drift = [{ node: nodeOf(budget as Budget).id, counterNano: 5n, ledgerNano: 4n }]
    await saveVerification(bench.stores.database.prisma, acme.id, { at: new Date(), checked: 9, drift, findings: [] })
    const tree = await owner.api.budgets.tree({ org })
    expect([tree.drift?.count, branchOf(tree.teams, 'Research').budgets[0]?.drift]).toEqual([
      1,
      { counterNano: 5n, ledgerNano: 4n },
    ])
  })

  it('are told by the ledger while the counters cannot be read', async () => {
    const { stores } = bench
    const reachable = stores.redis
    stores.redis = connectRedis(`redis://127.0.0.1:${await freePort()}`)
    try {
      const tree = await owner.api.budgets.tree({ org })
      const month = branchOf(tree.teams, 'Research').budgets.find((budget) => budget.period === 'month')
      expect([tree.live, month?.standing]).toMatchObject([false, { used: 400n, held: 0n }])
    } finally {
      stores.redis.disconnect()
      stores.redis = reachable
    }
  })
})

describe('who may see and set limits', () => {
  it('a lead sees the teams they lead and themselves, and sets limits below the team’s own', async () => {
    const tree = await lead.api.budgets.tree({ org })
    expect(tree.teams.map((branch) => [branch.scope.name, branch.mayEdit])).toEqual([['Research', false]])
    const { branches } = await lead.api.budgets.team({ org, teamId: research })
    expect(branchOf(branches, 'Person 3').mayEdit).toBe(true)
    const own = branchOf(branches, 'Person 3').budgets[0]
    const wanted = { org, scope: person(), ...aMonth, id: own?.id ?? null }
    await expect(lead.api.budgets.set({ ...wanted, limit: '9' })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    expect((await lead.api.budgets.set({ ...wanted, limit: '0.000001' })).limit).toBe(1_000n)
    expect(await codeOf(lead.api.budgets.set({ org, scope: team(), ...aMonth, period: 'hour', limit: '1' }))).toBe(
      'FORBIDDEN',
    )
    const self = { kind: 'user', id: lead.memberId } as const
    expect(await codeOf(lead.api.budgets.set({ org, scope: self, ...aMonth, limit: '1' }))).toBe('FORBIDDEN')
    expect(await codeOf(lead.api.budgets.team({ org, teamId: support }))).toBe('NOT_FOUND')
    const foreign = { kind: 'key', id: ofNobody.keyId } as const
    expect(await codeOf(lead.api.budgets.set({ org, scope: foreign, ...aMonth, limit: '1' }))).toBe('NOT_FOUND')
    expect(await codeOf(lead.api.budgets.rates({ org, scope: { kind: 'organisation', id: acme.id } }))).toBe(
      'NOT_FOUND',
    )
  })

  it('a member sees what is their own, with the limits for each person that apply to them', async () => {
    const tree = await member.api.budgets.tree({ org })
    expect(tree.teams.map((branch) => branch.scope.name)).toEqual(['Person 3'])
    expect(tree.teams[0]?.budgets.map((budget) => budget.from?.name ?? null)).toEqual([null, 'Research'])
    const [wide] = await budgets.byScope(bench.stores.database.prisma, acme.id, team())
    const counters = `${wide?.id}~-,${tree.teams[0]?.budgets[0]?.id}~-`
    expect((await member.api.budgets.live({ org, counters })).counters.map((each) => each.id)).toEqual([
      `${tree.teams[0]?.budgets[0]?.id}~-`,
    ])
    expect(await codeOf(member.api.budgets.team({ org, teamId: research }))).toBe('NOT_FOUND')
  })

  it.each(accesses)('as %s: reading and setting are allowed exactly as the matrix says', async (access) => {
    const { api } = await bench.person(acme, access)
    const writes = access === 'owner' || access === 'admin'
    // A lead of no team may set limits in principle, and finds nothing to set them on.
    const denied = access === 'lead' ? 'NOT_FOUND' : 'FORBIDDEN'
    const scope = { kind: 'team', id: support } as const
    expect(await codeOf(api.budgets.tree({ org }))).toBe('yes')
    expect(await codeOf(api.budgets.live({ org, counters: '' }))).toBe('yes')
    const made = api.budgets.set({ org, scope, ...aMonth, limit: '1' })
    expect(await codeOf(made)).toBe(writes ? 'yes' : denied)
    expect(await codeOf(api.budgets.effect({ org, scope, ...aMonth, limit: '1' }))).toBe(writes ? 'yes' : denied)
    expect(await codeOf(api.budgets.rates({ org, scope }))).toBe(writes ? 'yes' : denied)
    if (writes) await api.budgets.remove({ org, id: (await made).id })
  })

  it('nobody of another organisation finds anything, under our slug or under our ids', async () => {
    const outsider = await bench.person(globex, 'owner')
    const [budget] = await budgets.byScope(bench.stores.database.prisma, acme.id, team())
    const id = (budget?.id ?? '') as BudgetId
    for (const slug of ['acme', 'globex']) {
      const codes = await Promise.all([
        codeOf(outsider.api.budgets.team({ org: slug, teamId: research })),
        codeOf(outsider.api.budgets.set({ org: slug, scope: team(), ...aMonth, limit: '1' })),
        codeOf(outsider.api.budgets.set({ org: slug, scope: team(), ...aMonth, limit: '1', id })),
        codeOf(outsider.api.budgets.remove({ org: slug, id })),
      ])
      expect(codes).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND'])
    }
    expect((await outsider.api.budgets.live({ org: 'globex', counters: `${id}~-` })).counters).toEqual([])
    expect((await outsider.api.budgets.rates({ org: 'globex', scope: team() })).requestsPerMinute).toBeNull()
    expect(await codeOf(bench.stranger.budgets.tree({ org }))).toBe('UNAUTHORIZED')
    expect(await budgets.one(bench.stores.database.prisma, acme.id, id)).toBeDefined()
  })

  it.each([
    ['limit', '-5'],
    ['limit', '1e3'],
    ['limit', '9000001'],
    ['limit', '0.0000000001'],
    ['period', 'year'],
    ['mode', 'maybe'],
    ['sharing', 'none'],
    ['id', "x' OR 1=1"],
  ])('refuses %s = "%s"', async (field, value) => {
    const wanted = { org, scope: team(), ...aMonth, limit: '1', [field]: value }
    await expect(owner.api.budgets.set(wanted)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })
})
