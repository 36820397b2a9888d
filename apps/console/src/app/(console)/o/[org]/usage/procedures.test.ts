import { create as createTeam } from '@tollkeeper/db/teams'
import type { Organisation } from '@tollkeeper/db/organisations'
import type { TeamId } from '@tollkeeper/domain/id'
import { parseUsd } from '@tollkeeper/domain/price'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accesses } from '#server/roles.ts'
import { testConsole, type Person, type TestConsole } from '#server/test-console.ts'
import { testKey, testRequest } from '#server/test-usage.ts'
import type { z } from 'zod'
import { usageCsv } from './csv.ts'
import type { usageInput } from './inputs.ts'

let bench: TestConsole
let acme: Organisation
let globex: Organisation
let research: TeamId
let support: TeamId
let owner: Person
let lead: Person
let member: Person

const whole: z.input<typeof usageInput> = {
  range: '2026-11-01..2026-11-21',
  by: 'team',
  compare: 'none',
  per: 'auto',
  team: null,
  'role-group': null,
  role: null,
  member: null,
  key: null,
  model: null,
  provider: null,
}
const asked = { org: 'acme', ...whole }

const aTeam = async (org: Organisation, name: string): Promise<TeamId> => {
  const made = await createTeam(bench.stores.database.prisma, org.id, name)
  if (!made.ok) throw new Error(made.reason)
  return made.value.id
}

beforeAll(async () => {
  bench = await testConsole()
  acme = await bench.organisation('Acme')
  globex = await bench.organisation('Globex')
  research = await aTeam(acme, 'Research')
  support = await aTeam(acme, '=HYPERLINK("x")')
  owner = await bench.person(acme, 'owner')
  lead = await bench.person(acme, 'lead', research)
  member = await bench.person(acme, 'member')
  const { stores } = bench
  const { id: orgId } = acme
  const ofLead = await testKey(stores, { orgId, teamId: research, memberId: lead.memberId, name: 'Lead' })
  const ofMember = await testKey(stores, { orgId, teamId: support, memberId: member.memberId, name: 'Member' })
  const ofNobody = await testKey(stores, { orgId, teamId: support, name: 'Service' })
  const spent = [
    [ofLead, 1_000_000_001n, '2026-11-03T10:00:00Z'],
    [ofLead, 2n, '2026-11-20T22:30:00Z'],
    [ofMember, 333_333_333n, '2026-11-04T10:00:00Z'],
    [ofNobody, 7n, '2026-11-04T11:00:00Z'],
    [ofNobody, 999n, '2026-10-15T11:00:00Z'],
  ] as const
  for (const [by, amount, at] of spent) await testRequest(stores, by, { amount, at: new Date(at) })
  await testRequest(stores, ofNobody, {
    at: new Date('2026-11-05T10:00:00Z'),
    request: { status: 402, failure: 'budget_exceeded', count: 3 },
  })
})
afterAll(() => bench.stop())

const csvOf = async (person: Person, input: typeof asked) => {
  const rows = await person.api.usage.exportRows(input)
  return new Response(usageCsv(input.by, rows)).text()
}

describe('usage of an organisation', () => {
  it('has one total: of the chart, the table, the download and the ledger, to the nano', async () => {
    const report = await owner.api.usage.report(asked)
    const { _sum: ledger } = await bench.stores.database.prisma.ledgerEntry.aggregate({
      where: { orgId: acme.id, at: { gte: new Date(report.range.from), lt: new Date(report.range.to) } },
      _sum: { amountNano: true },
    })
    const chart = report.lines.flatMap((line) => line.points).reduce((sum, point) => sum + point.costNano, 0n)
    const table = report.groups.reduce((sum, group) => sum + group.measures.costNano, 0n)
    const lines = (await csvOf(owner, asked)).trimEnd().split('\r\n').slice(1)
    const file = lines.reduce((sum, line) => sum + (parseUsd(line.split(',').at(-1) ?? '') ?? -1n), 0n)
    expect([chart, table, file, ledger.amountNano, report.total.costNano]).toEqual([
      1_333_333_343n,
      1_333_333_343n,
      1_333_333_343n,
      1_333_333_343n,
      1_333_333_343n,
    ])
    expect(report.total).toMatchObject({ requests: 7, refused: 3 })
  })

  it('puts 22:30 UTC into the next day of Helsinki, and shows days without traffic as zero', async () => {
    const { lines, slots } = await owner.api.usage.report({ ...asked, team: research })
    expect(slots).toHaveLength(21)
    expect(
      lines[0]?.points.flatMap((point, day) => (point.costNano === 0n ? [] : [[day + 1, point.costNano]])),
    ).toEqual([
      [3, 1_000_000_001n],
      [21, 2n],
    ])
  })

  it('shows traffic of nobody as a group of its own, which can be asked for', async () => {
    const { groups } = await owner.api.usage.report({ ...asked, by: 'member' })
    expect(groups.map((group) => [group.name, group.measures.costNano])).toEqual([
      ['Person 2', 1_000_000_003n],
      ['Person 3', 333_333_333n],
      [null, 7n],
    ])
    const unassigned = await owner.api.usage.report({ ...asked, member: 'none' })
    expect(unassigned.total.costNano).toBe(7n)
  })

  it('compares with as many days before', async () => {
    const { groups, previousTotal } = await owner.api.usage.report({ ...asked, compare: 'previous' })
    expect(previousTotal.costNano).toBe(999n)
    expect(groups.find((group) => group.id === support)?.previous.costNano).toBe(999n)
  })

  it('says where the last traffic was when there is none', async () => {
    const { groups, lastTrafficMs } = await owner.api.usage.report({ ...asked, range: '2026-10-20..2026-10-25' })
    expect([groups, lastTrafficMs]).toEqual([[], Date.parse('2026-10-15T11:00:00Z')])
  })

  it('neutralises names that a spreadsheet would run', async () => {
    const text = await csvOf(owner, asked)
    expect(text.split('\r\n')[0]).toBe(
      'from,to,team_id,team,requests,refused,failed,shared,input_tokens,cached_tokens,output_tokens,saved_usd,cost_usd',
    )
    expect(text).toContain(`,"'=HYPERLINK(""x"")",`)
    expect(text).toContain(
      `2026-11-21T00:00:00+02:00,2026-11-22T00:00:00+02:00,${research},Research,1,0,0,0,100,20,10,0.000000000,0.000000002`,
    )
  })

  it('shows a lead the teams they lead and their own, a member their own', async () => {
    expect((await lead.api.usage.report(asked)).total.costNano).toBe(1_000_000_003n)
    expect((await member.api.usage.report(asked)).total.costNano).toBe(333_333_333n)
    const beyond = await member.api.usage.report({ ...asked, team: research })
    expect([beyond.total.costNano, beyond.filters]).toEqual([0n, [{ by: 'team', id: research, name: null }]])
    expect(await csvOf(lead, asked)).not.toContain('HYPERLINK')
  })

  it.each(accesses)('as %s: reading and downloading are allowed exactly as the matrix says', async (access) => {
    const person = await bench.person(acme, access)
    const outcome = (call: Promise<unknown>) =>
      call.then(
        () => 'yes',
        (error: { code: string }) => error.code,
      )
    expect(await outcome(person.api.usage.report(asked))).toBe('yes')
    expect(await outcome(person.api.usage.exportRows(asked))).toBe(access === 'member' ? 'FORBIDDEN' : 'yes')
  })

  it('is not there for another organisation, whose owner finds nothing under our ids either', async () => {
    const outsider = await bench.person(globex, 'owner')
    await expect(outsider.api.usage.report(asked)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(outsider.api.usage.exportRows(asked)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(bench.stranger.usage.report(asked)).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    const found = await outsider.api.usage.report({ ...asked, org: 'globex', team: research, member: lead.memberId })
    expect([found.total.costNano, found.groups, found.lastTrafficMs]).toEqual([0n, [], null])
    expect(found.filters.map((filter) => filter.name)).toEqual([null, null])
  })

  it.each([
    ['range', '2026-11-21..2026-11-20'],
    ['range', 'forever'],
    ['by', 'secret'],
    ['per', 'minute'],
    ['team', "x' OR 1=1"],
    ['model', 'm'.repeat(257)],
  ])('refuses %s = "%s"', async (field, value) => {
    await expect(owner.api.usage.report({ ...asked, [field]: value })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })
})
