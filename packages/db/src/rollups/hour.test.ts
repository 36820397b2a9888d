import { disposablePostgres, type DisposablePostgres } from '@tollkeeper/testbed/postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connectDatabase, type Database } from '../client.ts'
import { Prisma } from '../generated/client.ts'
import { hourOf } from './hour.ts'
import { hourIn } from './realign.ts'

let postgres: DisposablePostgres
let database: Database
beforeAll(async () => {
  postgres = await disposablePostgres()
  database = connectDatabase(postgres.url)
})
afterAll(async () => {
  await database.close()
  await postgres.stop()
})

/** The hour that Postgres finds for each instant. */
async function hoursIn(zone: string, instants: readonly number[]): Promise<number[]> {
  const dates = instants.map((at) => new Date(at))
  const rows = await database.prisma.$queryRaw<{ hour: Date }[]>`
    SELECT ${hourIn(zone, Prisma.sql`at`)} AS hour FROM unnest(${dates}::timestamptz[]) WITH ORDINALITY AS each(at, nth)
    ORDER BY nth`
  return rows.map(({ hour }) => hour.getTime())
}

/** The turn of a year's clocks, and hours that never change. */
const changes: [string, string][] = [
  ['Australia/Lord_Howe', '2028-04-01T15:00:00Z'],
  ['Australia/Lord_Howe', '2028-09-30T15:30:00Z'],
  ['Europe/Berlin', '2028-03-26T01:00:00Z'],
  ['America/New_York', '2028-11-05T06:00:00Z'],
  ['Asia/Kathmandu', '2028-04-01T15:00:00Z'],
  ['Pacific/Chatham', '2028-04-01T14:00:00Z'],
  ['America/St_Johns', '2028-03-12T05:30:00Z'],
]
it.each(changes)('finds the hour of an instant in SQL as everywhere else: %s around %s', async (zone, change) => {
  const around = Array.from({ length: 97 }, (_, nth) => Date.parse(change) + (nth - 48) * 300_000)
  const instants = around.flatMap((at) => [at, at - 1])
  expect(await hoursIn(zone, instants)).toEqual(instants.map((at) => hourOf(zone, at)))
})

it('begins an hour where the clock of Lord Howe goes back by half an hour in the middle of one', async () => {
  const [before, after] = await hoursIn('Australia/Lord_Howe', [
    Date.parse('2028-04-01T14:59:59Z'),
    Date.parse('2028-04-01T15:10:00Z'),
  ])
  expect([before, after]).toEqual([Date.parse('2028-04-01T14:00:00Z'), Date.parse('2028-04-01T15:00:00Z')])
})
