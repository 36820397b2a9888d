import { roleId } from '@tollkeeper/domain/id'
import { expect, it } from 'vitest'
import { aKey, anAttempt, aRequest, aWorld, entriesOf, testDatabase, value } from '../../test/builders.ts'
import { recordUsage } from '../ledger/index.ts'
import * as teams from '../teams.ts'
import {
  firstTraffic,
  lastTraffic,
  report,
  reportRows,
  topModels,
  type ReportQuestion,
  type ReportRow,
} from './index.ts'

const database = testDatabase()
const at = (text: string): number => Date.parse(text)

const question = (wishes: Partial<ReportQuestion> = {}): ReportQuestion => ({
  range: { from: at('2026-11-20T00:00:00Z'), to: at('2026-11-22T00:00:00Z') },
  previous: null,
  zone: 'UTC',
  granularity: 'day',
  grouping: 'key',
  lines: 8,
  rows: 100,
  ...wishes,
})

it('gives lines, groups and a total that agree, and gathers what is beyond the first lines and rows', async () => {
  const { pool, prisma } = database()
  const world = await aWorld(database())
  const more = await Promise.all([1, 2, 3].map((n) => aKey(database(), world, { name: `Key ${n}` })))
  const keyIds = [world.keyId, ...more.map((key) => key.id)]
  await recordUsage(
    pool,
    entriesOf(
      ...keyIds.flatMap((keyId, n) => [
        anAttempt({ ...world, keyId }, { amount: BigInt(10 ** n), at: '2026-11-20T10:00:00Z' }),
        anAttempt({ ...world, keyId }, { amount: BigInt(5 * 10 ** n), at: '2026-11-21T23:59:59Z' }),
      ]),
    ),
  )
  const { slots, lines, groups, rest, total } = await report(prisma, world.orgId, question({ lines: 2, rows: 3 }))
  expect(slots.length).toBe(2)
  expect(lines.map((line) => [line.name, line.points.map((point) => point.costNano)])).toEqual([
    ['Key 3', [1_000n, 5_000n]],
    ['Key 2', [100n, 500n]],
    [null, [11n, 55n]],
  ])
  expect(groups.map((group) => group.measures.costNano)).toEqual([6_000n, 600n, 60n])
  expect([rest?.measures.costNano, total.costNano]).toEqual([6n, 6_666n])
})

it('lists what only the range before had, after what there is now', async () => {
  const { pool, prisma } = database()
  const world = await aWorld(database())
  const other = value(await teams.create(prisma, world.orgId, 'Support'))
  await recordUsage(
    pool,
    entriesOf(
      anAttempt(world, { amount: 7n, at: '2026-11-20T10:00:00Z' }),
      anAttempt(world, { amount: 5n, at: '2026-11-19T10:00:00Z' }),
      anAttempt({ ...world, teamId: other.id }, { amount: 900n, at: '2026-11-18T00:00:00Z' }),
    ),
  )
  const previous = { from: at('2026-11-18T00:00:00Z'), to: at('2026-11-20T00:00:00Z') }
  const { groups, lines, total, previousTotal } = await report(
    prisma,
    world.orgId,
    question({ grouping: 'team', previous }),
  )
  expect(groups.map((group) => [group.name, group.measures.costNano, group.previous.costNano])).toEqual([
    ['Platform', 7n, 5n],
    ['Support', 0n, 900n],
  ])
  expect([lines.length, total.costNano, previousTotal.costNano]).toEqual([1, 7n, 905n])
})

it('cuts days by the clock of the zone: 25 hours on the day the clock goes back', async () => {
  const { pool, prisma } = database()
  const world = await aWorld(database(), { timeZone: 'Europe/Helsinki' })
  await recordUsage(
    pool,
    entriesOf(
      anAttempt(world, { amount: 1n, at: '2026-10-24T20:59:59Z' }),
      anAttempt(world, { amount: 10n, at: '2026-10-24T21:00:00Z' }),
      anAttempt(world, { amount: 100n, at: '2026-10-25T21:59:59Z' }),
      anAttempt(world, { amount: 1_000n, at: '2026-10-25T22:00:00Z' }),
    ),
  )
  const range = { from: at('2026-10-23T21:00:00Z'), to: at('2026-10-26T22:00:00Z') }
  const asked = question({ range, zone: 'Europe/Helsinki' })
  const daily = await report(prisma, world.orgId, asked)
  expect(daily.lines[0]?.points.map((point) => point.costNano)).toEqual([1n, 110n, 1_000n])
  const hourly = await report(prisma, world.orgId, { ...asked, granularity: 'hour' })
  expect(hourly.slots.length).toBe(24 + 25 + 24)
  const weekly = await report(prisma, world.orgId, { ...asked, granularity: 'week' })
  expect(weekly.lines[0]?.points.map((point) => point.costNano)).toEqual([111n, 1_000n])
})

it('gives the same rows for an export, one per day and group with traffic', async () => {
  const { pool, prisma } = database()
  const world = await aWorld(database())
  await recordUsage(
    pool,
    entriesOf(
      anAttempt(world, { amount: 3n, at: '2026-11-20T10:00:00Z' }),
      aRequest(world, { at: '2026-11-21T10:00:00Z', status: 402, failure: 'budget_exceeded', modelUsed: null }),
      anAttempt(world, { amount: 4n, at: '2026-11-21T11:00:00Z', model: 'gpt-4o-mini' }),
    ),
  )
  const rows: ReportRow[] = []
  for await (const row of reportRows(prisma, world.orgId, question({ grouping: 'model' }))) rows.push(row)
  expect(rows.map((row) => [row.id, row.measures.costNano, row.measures.refused])).toEqual([
    ['gpt-4o', 3n, 0],
    ['gpt-4o-mini', 4n, 0],
    ['', 0n, 1],
  ])
})

it('shows somebody who may not see everything their teams and their own', async () => {
  const { pool, prisma } = database()
  const world = await aWorld(database())
  const led = value(await teams.create(prisma, world.orgId, 'Led'))
  const foreign = value(await teams.create(prisma, world.orgId, 'Foreign'))
  await recordUsage(
    pool,
    entriesOf(
      anAttempt({ ...world, teamId: foreign.id }, { amount: 1n }),
      anAttempt({ ...world, teamId: led.id, memberId: 'mem_x' as never }, { amount: 10n }),
      anAttempt({ ...world, teamId: foreign.id, memberId: 'mem_x' as never }, { amount: 100n }),
    ),
  )
  const seen = (teamIds: (typeof led.id)[]) =>
    report(prisma, world.orgId, question({ filter: { sight: { teamIds, memberId: world.memberId } } }))
  expect((await seen([led.id])).total.costNano).toBe(11n)
  expect((await seen([])).total.costNano).toBe(1n)
})

it('finds the traffic without a role by an empty id, the top model of a team, and the last traffic', async () => {
  const { pool, prisma } = database()
  const world = await aWorld(database())
  await recordUsage(
    pool,
    entriesOf(
      anAttempt(world, { amount: 2n, model: 'small', at: '2026-11-20T10:00:00Z' }),
      anAttempt(world, { amount: 3n, model: 'large', at: '2026-11-20T12:30:00Z' }),
    ),
  )
  const of = (filter: ReportQuestion['filter'] & object) => report(prisma, world.orgId, question({ filter }))
  expect((await of({ roleId: '' })).total.costNano).toBe(5n)
  expect((await of({ roleId: roleId.parse('role_x') })).total.costNano).toBe(0n)
  expect([...(await topModels(prisma, world.orgId, question().range))]).toEqual([[world.teamId, 'large']])
  expect(await lastTraffic(prisma, world.orgId, at('2026-11-21T00:00:00Z'))).toBe(at('2026-11-20T12:00:00Z'))
  expect(await lastTraffic(prisma, world.orgId, at('2026-11-20T10:00:00Z'))).toBeUndefined()
  expect(await firstTraffic(prisma, world.orgId)).toBe(at('2026-11-20T10:00:00Z'))
  expect(await firstTraffic(prisma, world.orgId, { model: 'huge' })).toBeUndefined()
})

it('sees nothing of another organisation', async () => {
  const { pool, prisma } = database()
  const [acme, globex] = [await aWorld(database()), await aWorld(database(), { name: 'Globex' })]
  await recordUsage(pool, entriesOf(anAttempt(acme, { amount: 9n })))
  const { total, groups, lines } = await report(prisma, globex.orgId, question({ filter: { keyId: acme.keyId } }))
  expect([total.costNano, groups, lines]).toEqual([0n, [], []])
})
