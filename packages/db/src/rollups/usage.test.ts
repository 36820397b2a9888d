import { expect, it } from 'vitest'
import { aKey, anAttempt, aRequest, aWorld, entriesOf, testDatabase, value } from '../../test/builders.ts'
import { recordUsage } from '../ledger/index.ts'
import * as requests from '../requests.ts'
import * as teams from '../teams.ts'
import { rollupDrift } from '../verification/index.ts'
import * as rollups from './index.ts'

const database = testDatabase()
const zone = 'Europe/Helsinki'
const nano = (amounts: readonly { costNano: bigint }[] | undefined) => amounts?.map((point) => point.costNano)

it('sums by local day through both clock changes, with zero for empty days', async () => {
  const { prisma, pool } = database()
  const world = await aWorld(database(), { timeZone: zone })
  // Helsinki leaves summer time on 25 October 2026: that day has 25 hours, and ends at 22:00 UTC.
  const charges = [
    { at: '2026-10-24T21:00:00Z', amount: 1n },
    { at: '2026-10-25T00:30:00Z', amount: 10n },
    { at: '2026-10-25T01:30:00Z', amount: 100n },
    { at: '2026-10-25T21:59:59Z', amount: 1_000n },
    { at: '2026-10-25T22:00:00Z', amount: 10_000n },
    { at: '2026-10-28T10:00:00Z', amount: 100_000n },
  ]
  await recordUsage(pool, entriesOf(...charges.map((wish) => anAttempt(world, wish))))
  const range = { from: Date.parse('2026-10-24T21:00:00Z'), to: Date.parse('2026-10-28T22:00:00Z') }
  const usage = await rollups.byDay(prisma, world.orgId, { range, zone, grouping: 'team' })
  expect(usage.days.map((day) => (day.endMs - day.startMs) / 3_600_000)).toEqual([25, 24, 24, 24])
  expect(usage.series).toHaveLength(1)
  expect(usage.series[0]).toMatchObject({ id: world.teamId, name: 'Platform' })
  expect(nano(usage.series[0]?.points)).toEqual([1_111n, 10_000n, 0n, 100_000n])
  expect(usage.total.costNano).toBe(111_111n)
})

it('agrees between chart, table, export and total, whatever it is grouped by', async () => {
  const { prisma, pool } = database()
  const world = await aWorld(database(), { timeZone: zone })
  const data = value(await teams.create(prisma, world.orgId, 'Data'))
  const batch = await aKey(database(), { orgId: world.orgId, teamId: data.id, memberId: null }, { name: 'Batch' })
  const service = { ...world, teamId: data.id, keyId: batch.id }
  const events = Array.from({ length: 300 }, (_, index) => {
    const event = anAttempt(index % 3 === 0 ? service : world, {
      amount: BigInt(index * index + 1),
      model: ['gpt-4o', 'gpt-5-mini', 'claude-haiku-4-5'][index % 3] ?? '',
      at: new Date(Date.parse('2026-11-01T00:00:00Z') + index * 5_000_000).toISOString(),
    })
    if (index % 3 === 0) event.meta.scopes.userId = null
    return event
  })
  await recordUsage(pool, entriesOf(...events))
  const range = { from: Date.parse('2026-10-31T22:00:00Z'), to: Date.parse('2026-11-30T22:00:00Z') }
  const expected = events.reduce((sum, event) => sum + event.amount, 0n)
  expect((await rollups.total(prisma, world.orgId, range)).costNano).toBe(expected)
  for (const grouping of rollups.groupings) {
    const of = { range, zone, grouping }
    const chart = await rollups.byDay(prisma, world.orgId, { ...of, top: 1 })
    const table = await rollups.byGroup(prisma, world.orgId, of)
    const rows = await rollups.exportRows(prisma, world.orgId, of)
    const sums = [
      chart.total.costNano,
      [...chart.series, ...(chart.others ? [chart.others] : [])]
        .flatMap((series) => series.points)
        .reduce((sum, point) => sum + point.costNano, 0n),
      table.total.costNano,
      rows.reduce((sum, row) => sum + row.measures.costNano, 0n),
    ]
    expect(sums).toEqual([expected, expected, expected, expected])
  }
  const people = await rollups.byGroup(prisma, world.orgId, { range, grouping: 'member' })
  expect(people.groups.map(({ id, name }) => [id, name])).toEqual(
    expect.arrayContaining([
      [world.memberId, 'Ann'],
      ['', null],
    ]),
  )
  const own = await rollups.byGroup(prisma, world.orgId, { range, grouping: 'key', filter: { teamIds: [data.id] } })
  expect(own.groups.map((group) => group.name)).toEqual(['Batch'])
})

it('compares with the stretch before, keeping groups that only one of them has', async () => {
  const { prisma, pool } = database()
  const world = await aWorld(database())
  const charges = [
    { at: '2026-11-19T10:00:00Z', amount: 3n, model: 'old' },
    { at: '2026-11-19T10:00:00Z', amount: 5n, model: 'both' },
    { at: '2026-11-20T10:00:00Z', amount: 7n, model: 'both' },
    { at: '2026-11-20T10:00:00Z', amount: 11n, model: 'new' },
  ]
  await recordUsage(pool, entriesOf(...charges.map((wish) => anAttempt(world, wish))))
  const range = { from: Date.parse('2026-11-20T00:00:00Z'), to: Date.parse('2026-11-21T00:00:00Z') }
  const previous = rollups.previousOf('UTC', range)
  const { groups, total, previousTotal } = await rollups.compared(prisma, world.orgId, {
    range,
    previous,
    grouping: 'model',
  })
  expect(groups.map((group) => [group.id, group.measures.costNano, group.previous.costNano])).toEqual([
    ['new', 11n, 0n],
    ['both', 7n, 5n],
    ['old', 0n, 3n],
  ])
  expect([total.costNano, previousTotal.costNano]).toEqual([18n, 8n])
})

it('counts requests that the call of another one answered, and what they saved, as their rows do', async () => {
  const { prisma, pool } = database()
  const world = await aWorld(database())
  const leader = aRequest(world)
  const answeredFrom = { kind: 'dedup', requestId: leader.requestId, avoided: '700' } as const
  const follower = aRequest(world, { attempts: 0, answeredFrom })
  const left = aRequest(world, { attempts: 0, status: 499, answeredFrom: { ...answeredFrom, avoided: '0' } })
  const charge = anAttempt(world, { requestId: leader.requestId, amount: 700n })
  await recordUsage(pool, entriesOf(leader, follower, left, charge))
  const range = { from: Date.parse('2026-11-20T00:00:00Z'), to: Date.parse('2026-11-21T00:00:00Z') }
  expect(await rollups.total(prisma, world.orgId, range)).toMatchObject({
    requests: 3,
    shared: 1,
    costNano: 700n,
    savedNano: 700n,
  })
  expect(await rollupDrift(prisma, world.orgId)).toBe(0)
  expect(await requests.one(prisma, world.orgId, follower.requestId)).toMatchObject({
    costNano: 0n,
    answeredFrom: { kind: 'dedup', requestId: leader.requestId, avoidedNano: 700n },
  })
  expect(await requests.one(prisma, world.orgId, leader.requestId)).toMatchObject({ answeredFrom: null })
})

it('compares a part of a day with the same part, and a month with as many days', () => {
  const at = (text: string) => Date.parse(text)
  const partly = rollups.previousOf('UTC', { from: at('2026-11-01T00:00:00Z'), to: at('2026-11-03T09:00:00Z') })
  expect(partly).toEqual({ from: at('2026-10-29T00:00:00Z'), to: at('2026-10-31T09:00:00Z') })
  const whole = rollups.previousOf(zone, {
    from: at('2026-10-25T21:00:00Z') + 3_600_000,
    to: at('2026-10-27T22:00:00Z'),
  })
  expect(whole).toEqual({ from: at('2026-10-23T21:00:00Z'), to: at('2026-10-25T22:00:00Z') })
})

it('lists requests page by page with what they cost, by any filter', async () => {
  const { prisma, pool } = database()
  const world = await aWorld(database())
  const made = Array.from({ length: 5 }, (_, index) => aRequest(world, { at: `2026-11-20T10:0${index % 2}:00Z` }))
  const refused = aRequest(world, {
    at: '2026-11-20T11:00:00Z',
    status: 402,
    failure: 'budget_exceeded',
    modelAsked: 'gpt-5',
    modelUsed: null,
  })
  await recordUsage(
    pool,
    entriesOf(...made, refused, ...made.map((event) => anAttempt(world, { requestId: event.requestId, amount: 9n }))),
  )
  const ids: string[] = []
  let after: requests.RequestCursor | null | undefined
  do {
    const page = await requests.list(prisma, world.orgId, { limit: 2, ...(after ? { after } : {}) })
    ids.push(...page.requests.map((request) => request.id))
    after = page.next
  } while (after)
  expect(ids).toHaveLength(6)
  expect(new Set(ids).size).toBe(6)
  expect(ids[0]).toBe(refused.requestId)
  const found = async (filter: requests.RequestFilter) =>
    (await requests.list(prisma, world.orgId, { filter })).requests
  expect(await found({ outcomes: ['refused'] })).toMatchObject([{ id: refused.requestId, costNano: 0n }])
  expect(await found({ statusClass: 4 })).toHaveLength(1)
  expect(await found({ model: 'gpt-5' })).toHaveLength(1)
  expect(await found({ id: made[0]?.requestId ?? '' })).toMatchObject([
    { costNano: 9n, inputTokens: 120, team: { name: 'Platform' }, key: { name: 'Laptop' } },
  ])
  expect(await found({ from: new Date('2026-11-20T10:01:00Z'), to: new Date('2026-11-20T11:00:00Z') })).toHaveLength(2)
  expect(await found({ teamIds: [] })).toEqual([])
})

it('shows another organisation no usage and no request', async () => {
  const { prisma, pool } = database()
  const world = await aWorld(database())
  const other = await aWorld(database())
  const request = aRequest(world)
  await recordUsage(pool, entriesOf(request, anAttempt(world, { requestId: request.requestId })))
  const range = { from: Date.parse('2026-11-01T00:00:00Z'), to: Date.parse('2026-12-01T00:00:00Z') }
  expect((await rollups.total(prisma, other.orgId, range)).attempts).toBe(0)
  expect((await rollups.total(prisma, other.orgId, range, { keyId: world.keyId })).attempts).toBe(0)
  expect((await rollups.byDay(prisma, other.orgId, { range, zone: 'UTC', grouping: 'key' })).series).toEqual([])
  expect((await requests.list(prisma, other.orgId, { filter: { id: request.requestId } })).requests).toEqual([])
  expect(await requests.one(prisma, other.orgId, request.requestId)).toBeUndefined()
  expect(await requests.one(prisma, world.orgId, request.requestId)).toMatchObject({ id: request.requestId })
})
