import * as budgets from '@tollkeeper/db/budgets'
import { change as changeKey } from '@tollkeeper/db/keys'
import { create as createTeam } from '@tollkeeper/db/teams'
import { save as saveVerification } from '@tollkeeper/db/verification'
import type { Organisation } from '@tollkeeper/db/organisations'
import type { Budget } from '@tollkeeper/domain/budget'
import type { TeamId } from '@tollkeeper/domain/id'
import type { Scope } from '@tollkeeper/domain/scope'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accesses } from '#server/roles.ts'
import { testConsole, type Person, type TestConsole } from '#server/test-console.ts'
import { testHold, testKey, testRequest, type Spender } from '#server/test-usage.ts'

let bench: TestConsole
let acme: Organisation
let globex: Organisation
let research: TeamId
let support: TeamId
let owner: Person
let lead: Person
let member: Person
let ofLead: Spender
let ofMember: Spender

const now = new Date()
const dayMs = 86_400_000
const dateOf = (at: number) => new Date(at).toISOString().slice(0, 10)
/** The day before and after as well, so that a run over midnight sees the same. */
const today = { org: 'acme', range: `${dateOf(now.getTime() - dayMs)}..${dateOf(now.getTime() + dayMs)}` } as const

const aTeam = async (name: string): Promise<TeamId> => {
  const made = await createTeam(bench.stores.database.prisma, acme.id, name)
  if (!made.ok) throw new Error(made.reason)
  return made.value.id
}

const aBudget = async (
  scope: Scope,
  limit: bigint,
  wishes: Partial<Pick<Budget, 'period' | 'sharing'>> = {},
): Promise<Budget> => {
  const made = await budgets.set(bench.stores.database.prisma, acme.id, {
    scope,
    limit,
    period: 'month',
    mode: 'hard',
    sharing: 'pool',
    ...wishes,
  })
  if (!made.ok) throw new Error(made.reason)
  return made.value
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
  const { id: orgId } = acme
  ofLead = await testKey(stores, { orgId, teamId: research, memberId: lead.memberId, name: 'Lead' })
  ofMember = await testKey(stores, { orgId, teamId: support, memberId: member.memberId, name: 'Member' })
  await testRequest(stores, ofLead, { amount: 700n, at: now, model: 'large' })
  await testRequest(stores, ofLead, { amount: 42n, at: now, model: 'small' })
  await testRequest(stores, ofMember, { amount: 5n, at: now })
  const refused = { status: 402, failure: 'budget_exceeded', count: 2 }
  await testRequest(stores, ofMember, { at: now, request: refused })
  await testRequest(stores, ofMember, { amount: 0n, at: now, request: { status: 502, failure: 'upstream_timeout' } })
})
afterAll(() => bench.stop())

describe('the cards of a month', () => {
  it('tell what the ledger says, beside the same days of the month before', async () => {
    const { previous } = await owner.api.overview.month({ org: 'acme' })
    await testRequest(bench.stores, ofLead, { amount: 300n, at: new Date(previous.from) })
    await testRequest(bench.stores, ofLead, { amount: 9_000n, at: new Date(previous.from - 1) })
    const month = await owner.api.overview.month({ org: 'acme' })
    expect([month.soFar.costNano, month.before.costNano]).toEqual([747n, 300n])
    expect(month.soFar).toMatchObject({ requests: 6, refused: 2, failed: 1 })
    expect(month.forecastNano === null).toBe(month.fullDays < 3)
  })

  it('hold the forecast against the monthly budget of the organisation, for those who see all of it, else of the person', async () => {
    await aBudget({ kind: 'organisation', id: acme.id }, 5_000n)
    expect((await owner.api.overview.month({ org: 'acme' })).budget).toEqual({ limit: 5_000n })
    const own = await member.api.overview.month({ org: 'acme' })
    expect([own.soFar.costNano, own.budget]).toEqual([5n, { limit: null }])
    expect((await lead.api.overview.month({ org: 'acme' })).budget).toBeUndefined()
  })
})

describe('spend by team', () => {
  it('has one total: of chart, teams and ledger', async () => {
    const spend = await owner.api.overview.spend(today)
    const { _sum: ledger } = await bench.stores.database.prisma.ledgerEntry.aggregate({
      where: { orgId: acme.id, at: { gte: new Date(spend.range.from), lt: new Date(spend.range.to) } },
      _sum: { amountNano: true },
    })
    const chart = spend.lines.flatMap((line) => line.points).reduce((sum, point) => sum + point.costNano, 0n)
    const teams = spend.groups.reduce((sum, group) => sum + group.measures.costNano, 0n)
    expect([chart, teams, ledger.amountNano, spend.total.costNano]).toEqual([747n, 747n, 747n, 747n])
    expect(spend.groups.map((group) => [group.name, group.topModel, group.measures.refused])).toEqual([
      ['Research', 'large', 0],
      ['Support', 'gpt-4o', 2],
    ])
  })

  it('shows a team’s budget as its counter has it, with what running requests hold', async () => {
    const budget = await aBudget({ kind: 'team', id: research }, 1_000n)
    const held = await testHold(bench.stores, ofLead, { amount: 60n, nodes: [nodeOf(budget)] })
    const teamOf = async () => (await owner.api.overview.spend(today)).groups[0]?.budget
    expect(await teamOf()).toMatchObject({ limit: 1_000n, used: 742n, held: 60n })
    await held.settle(31n)
    expect(await teamOf()).toMatchObject({ used: 773n, held: 0n })
  })

  it('shows a lead the teams they lead and their own, a member their own and no budget of a team', async () => {
    expect((await lead.api.overview.spend(today)).groups.map((group) => group.name)).toEqual(['Research'])
    await aBudget({ kind: 'team', id: support }, 1_000n)
    const seen = (await member.api.overview.spend(today)).groups
    expect(seen.map((group) => [group.name, group.measures.costNano, group.hidesBudget, group.budget])).toEqual([
      ['Support', 5n, true, null],
    ])
  })

  it.each(['2026-11-21..2026-11-20', 'ever'])('refuses the range "%s"', async (range) => {
    await expect(owner.api.overview.spend({ org: 'acme', range: range as 'today' })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
  })
})

describe('what needs attention', () => {
  it('is budgets that are four fifths gone, keys about to expire, and counters that differ from the ledger', async () => {
    const each = await aBudget({ kind: 'team', id: support }, 100n, { period: 'day', sharing: 'each' })
    const tight = await aBudget({ kind: 'user', id: member.memberId }, 50n, { period: 'all' })
    await testHold(bench.stores, ofMember, {
      amount: 45n,
      nodes: [nodeOf(each, member.memberId), nodeOf(tight)],
    })
    await testHold(bench.stores, ofMember, { amount: 45n, nodes: [nodeOf(each, member.memberId)] })
    const inDays = (days: number) => new Date(now.getTime() + days * dayMs)
    await changeKey(bench.stores.database.prisma, acme.id, ofLead.keyId, { expiresAt: inDays(3) })
    await changeKey(bench.stores.database.prisma, acme.id, ofMember.keyId, { expiresAt: inDays(8) })
    await saveVerification(bench.stores.database.prisma, acme.id, {
      at: now,
      checked: 3,
      drift: [{ node: 'bud_x~-~a0', counterNano: 5n, ledgerNano: 4n }],
      findings: [],
    })
    const found = await owner.api.overview.attention({ org: 'acme' })
    expect(
      found.budgets.map(({ scope, person, used, held, limit }) => [scope.name, person, used + held, limit]),
    ).toEqual([
      ['Person 3', null, 50n, 50n],
      ['Support', 'Person 3', 90n, 100n],
    ])
    expect([found.keys.map((key) => key.name), found.drift, found.live]).toEqual([['Lead'], 1, true])
  })

  it('is for a member only what is their own', async () => {
    const found = await member.api.overview.attention({ org: 'acme' })
    expect(found.budgets.map((budget) => budget.scope.name)).toEqual(['Person 3', 'Support'])
    expect([found.keys, found.drift]).toEqual([[], 0])
    const other = await bench.person(acme, 'member')
    expect((await other.api.overview.attention({ org: 'acme' })).budgets).toEqual([])
  })
})

describe('the overview', () => {
  it('ticks off what a new organisation has done', async () => {
    const fresh = await bench.organisation('Fresh')
    const first = await bench.person(fresh, 'owner')
    expect(Object.values(await first.api.overview.checklist({ org: 'fresh' }))).toEqual(Array(5).fill(false))
    expect(await owner.api.overview.checklist({ org: 'acme' })).toEqual({
      provider: false,
      key: true,
      firstRequest: true,
      budget: true,
      teammate: true,
    })
  })

  it.each(accesses)('as %s: everybody sees their part, only those who can set up see the checklist', async (access) => {
    const { api } = await bench.person(acme, access)
    const outcome = (call: Promise<unknown>) =>
      call.then(
        () => 'yes',
        (error: { code: string }) => error.code,
      )
    const org = 'acme'
    expect([
      await outcome(api.overview.month({ org })),
      await outcome(api.overview.spend(today)),
      await outcome(api.overview.attention({ org })),
    ]).toEqual(['yes', 'yes', 'yes'])
    const setsUp = access === 'owner' || access === 'admin'
    expect(await outcome(api.overview.checklist({ org }))).toBe(setsUp ? 'yes' : 'FORBIDDEN')
  })

  it('is not there for another organisation nor for strangers', async () => {
    const outsider = await bench.person(globex, 'owner')
    const missing = { code: 'NOT_FOUND' }
    await expect(outsider.api.overview.month({ org: 'acme' })).rejects.toMatchObject(missing)
    await expect(outsider.api.overview.spend(today)).rejects.toMatchObject(missing)
    await expect(outsider.api.overview.attention({ org: 'acme' })).rejects.toMatchObject(missing)
    await expect(outsider.api.overview.checklist({ org: 'acme' })).rejects.toMatchObject(missing)
    await expect(bench.stranger.overview.month({ org: 'acme' })).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    const own = await outsider.api.overview.spend({ ...today, org: 'globex' })
    expect([own.total.costNano, own.groups]).toEqual([0n, []])
  })
})
