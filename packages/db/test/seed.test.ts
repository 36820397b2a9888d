import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { publicIdOf } from '@tollkeeper/domain/key'
import { disposablePostgres, type DisposablePostgres } from '@tollkeeper/testbed/postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import * as budgets from '../src/budgets/index.ts'
import { connectDatabase, type Database } from '../src/client.ts'
import * as keys from '../src/keys/index.ts'
import * as organisations from '../src/organisations.ts'
import { buildOrgPolicy } from '../src/policies/index.ts'
import * as rollups from '../src/rollups/index.ts'
import * as teams from '../src/teams.ts'
import { rollupDrift } from '../src/verification/index.ts'

const now = '2026-11-20T12:30:00Z'
const at = Date.parse(now)
const folder = mkdtempSync(join(tmpdir(), 'seed-'))
const file = join(folder, 'demo.json')
const demoShape = z.object({
  logins: z.array(z.object({ role: z.string(), email: z.string(), password: z.string() })),
  keys: z.array(z.object({ name: z.string(), secret: z.string(), organisation: z.string(), team: z.string() })),
})

let postgres: DisposablePostgres
let database: Database
let summary: unknown

function runSeed() {
  const script = fileURLToPath(new URL('../../../prisma/seed.ts', import.meta.url))
  const peppers = `1:${randomBytes(32).toString('base64')}`
  return spawnSync(process.execPath, [script, '--now', now], {
    env: {
      PATH: '',
      DATABASE_URL: postgres.url,
      KEY_PEPPERS: peppers,
      DEMO_FILE: file,
      SIMULATOR_URL: 'http://localhost:9911',
    },
    encoding: 'utf8',
  })
}

beforeAll(async () => {
  postgres = await disposablePostgres()
  database = connectDatabase(postgres.url)
  // What a seeding leaves that is cut short: it is cleared away.
  await organisations.create(database.prisma, { name: 'Half a company', timeZone: 'UTC', demo: true })
  const [half] = await organisations.all(database.prisma)
  if (half) await organisations.setSuspended(database.prisma, half.id, true)
  const { status, stdout, stderr } = runSeed()
  if (status !== 0) throw new Error(stderr)
  summary = JSON.parse(stdout)
}, 240_000)

afterAll(async () => {
  await database.close()
  await postgres.stop()
  rmSync(folder, { recursive: true })
})

it('makes the same two companies, forty people and 90 days every time', async () => {
  expect(summary).toMatchObject({ organisations: 2, people: 40 })
  const counts = z.record(z.string(), z.number()).parse(summary)
  expect(counts['keys']).toBeGreaterThanOrEqual(60)
  expect(counts['ledgerRows']).toBeGreaterThan(60_000)
  expect(counts['ledgerRows']).toBeLessThan(100_000)
  const [acme, globex] = await organisations.all(database.prisma)
  expect([acme, globex]).toMatchObject([
    { slug: 'acme', timeZone: 'Europe/Helsinki', suspended: false, demo: true },
    { slug: 'globex', timeZone: 'America/New_York', suspended: false, demo: true },
  ])
  if (!acme) throw new Error('no Acme')
  expect((await teams.list(database.prisma, acme.id)).map((team) => team.name)).toEqual([
    'Checkout',
    'Data & AI',
    'Growth',
    'Platform',
    'Support',
  ])
  const days = rollups.daysOf(acme.timeZone, { from: at - 89 * 86_400_000, to: at })
  const range = { from: days[0]?.startMs ?? 0, to: at }
  const usage = await rollups.byDay(database.prisma, acme.id, { range, zone: acme.timeZone, grouping: 'team' })
  expect(usage.days).toHaveLength(90)
  expect(usage.series.map((series) => series.name)).toHaveLength(5)
  const sundays = usage.days.flatMap((day, index) =>
    new Date(day.startMs + 43_200_000).getUTCDay() === 0 ? [index] : [],
  )
  const spentOn = (index: number) =>
    usage.series.reduce((sum, series) => sum + (series.points[index]?.costNano ?? 0n), 0n)
  const average = usage.total.costNano / 90n
  expect(sundays.every((index) => spentOn(index) < average)).toBe(true)
})

it('has hourly sums that equal its ledger and requests, and amounts that are the same every time', async () => {
  const sums: (bigint | null)[] = []
  for (const { id } of await organisations.all(database.prisma)) {
    expect(await rollupDrift(database.prisma, id)).toBe(0)
    const between = { from: 0, to: at + 3_600_000 }
    const { _sum: ledger } = await database.prisma.ledgerEntry.aggregate({
      where: { orgId: id },
      _sum: { amountNano: true },
    })
    expect((await rollups.total(database.prisma, id, between)).costNano).toBe(ledger.amountNano)
    sums.push(ledger.amountNano)
  }
  expect(sums).toEqual([15_623_803_082_950n, 2_516_549_391_675n])
})

it("looks like people's days: about 13 USD for an active developer, nine of ten below 30", async () => {
  const rows = await database.prisma.$queryRaw<{ cost: bigint }[]>`
    SELECT sum(cost_nano)::bigint AS cost FROM usage_hour h JOIN role r ON r.org_id = h.org_id AND r.id = h.role_id
    WHERE r.name LIKE '%engineer' GROUP BY h.org_id, member_id, date_trunc('day', hour)`
  const days = rows.map((row) => Number(row.cost / 1_000_000n) / 1_000).toSorted((a, b) => a - b)
  const mean = days.reduce((sum, usd) => sum + usd, 0) / days.length
  expect(days.length).toBeGreaterThan(1_000)
  expect(mean).toBeGreaterThan(10)
  expect(mean).toBeLessThan(15)
  expect(days[Math.floor(days.length * 0.9)]).toBeLessThan(30)
})

it('opens its budgets with what was spent: none is over, and the intern has used 97 %', async () => {
  const [acme] = await organisations.all(database.prisma)
  if (!acme) throw new Error('no Acme')
  const all = await budgets.list(database.prisma, acme.id)
  expect(new Set(all.map((budget) => budget.scope.kind))).toEqual(
    new Set(['organisation', 'team', 'role-group', 'role', 'user', 'key']),
  )
  const over = all.filter((budget) => budget.mode === 'hard' && (budget.opening?.amount ?? 0n) >= budget.limit)
  expect(over).toEqual([])
  const intern = all.find((budget) => budget.scope.name === 'Lea Fontaine')
  expect(Number(((intern?.opening?.amount ?? 0n) * 1_000n) / (intern?.limit ?? 1n))).toBe(970)
  for (const budget of all) {
    if (budget.scope.kind !== 'organisation' || budget.sharing !== 'pool') continue
    const window = budgets.nodeAt(budget, { zone: acme.timeZone, at }).window
    const range = { from: window.startMs, to: window.endMs }
    expect(budget.opening?.amount).toBe((await rollups.total(database.prisma, acme.id, range)).costNano)
  }
})

it('tells logins and one working key per company to its owner alone', async () => {
  const demo = demoShape.parse(JSON.parse(readFileSync(file, 'utf8')))
  expect(statSync(file).mode & 0o077).toBe(0)
  expect(demo.logins.map((login) => login.role)).toEqual([
    'owner',
    'admin',
    'lead',
    'developer',
    'finance',
    'auditor',
    'owner of Globex',
  ])
  expect(demo.keys.map((key) => [key.name, key.organisation, key.team])).toEqual([
    ['Demo key', 'Acme', 'Platform'],
    ['Demo key', 'Globex', 'Research'],
  ])
  for (const [index, { id }] of (await organisations.all(database.prisma)).entries()) {
    const publicId = publicIdOf(demo.keys[index]?.secret ?? '') ?? 'none'
    const { keys: found } = await keys.list(database.prisma, id, { filter: { search: publicId } })
    expect(found).toMatchObject([{ name: 'Demo key', status: 'active', quotas: [{ limit: 25_000_000_000n }] }])
    expect(await buildOrgPolicy(database.prisma, id, { consoleUrl: null })).toMatchObject({
      suspended: false,
      providers: [{ kind: 'simulator', baseUrl: 'http://localhost:9911/v1' }],
    })
  }
})

it('touches no database that is in use', async () => {
  const before = await database.prisma.ledgerEntry.count()
  const { status, stderr } = runSeed()
  expect([status, stderr]).toEqual([1, 'The database is in use already: the demo is only made in an empty one.\n'])
  expect(await database.prisma.ledgerEntry.count()).toBe(before)
})
