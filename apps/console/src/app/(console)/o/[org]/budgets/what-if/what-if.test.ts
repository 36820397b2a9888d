import { set as setBudget } from '@tollkeeper/db/budgets'
import type { Organisation } from '@tollkeeper/db/organisations'
import { create as createTeam } from '@tollkeeper/db/teams'
import type { TeamId } from '@tollkeeper/domain/id'
import { windowOf } from '@tollkeeper/domain/time'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accesses } from '#server/roles.ts'
import { testConsole, type Person, type TestConsole } from '#server/test-console.ts'
import { testKey, testRequest, type Spender } from '#server/test-usage.ts'
import { whatIfLine, type WhatIfResult } from './told.ts'

let bench: TestConsole
let acme: Organisation
let research: TeamId
let owner: Person
let laptop: Spender
let service: Spender
/** Ids of the requests in the order they were made. */
let ids: string[]

const org = 'acme'
const dayMs = 86_400_000
/** Noon of the organisation's calendar, some days ago. */
const noon = (daysAgo: number) => windowOf('day', acme.timeZone, Date.now() - daysAgo * dayMs).startMs + dayMs / 2
const million = 1_000_000n

beforeAll(async () => {
  bench = await testConsole()
  acme = await bench.organisation('Acme')
  const made = await createTeam(bench.stores.database.prisma, acme.id, 'Research')
  if (!made.ok) throw new Error(made.reason)
  research = made.value.id
  owner = await bench.person(acme, 'owner')
  const { stores } = bench
  laptop = await testKey(stores, { orgId: acme.id, teamId: research, memberId: owner.memberId, name: 'Laptop' })
  service = await testKey(stores, { orgId: acme.id, teamId: research, name: 'Service' })
  ids = []
  // Three days with four requests each, every one $0.10, held as $0.10; 20 days ago one of $5.
  const priceVersion = 'unknown'
  await testRequest(stores, laptop, { amount: 5_000n * million, at: new Date(noon(20)), priceVersion })
  for (const daysAgo of [3, 2, 1]) {
    for (let i = 0; i < 4; i += 1) {
      const at = new Date(noon(daysAgo) + i * 60_000)
      const by = i % 2 === 0 ? laptop : service
      ids.push(await testRequest(stores, by, { amount: 100n * million, at, priceVersion }))
    }
  }
})
afterAll(() => bench.stop())

const team = () => ({ kind: 'team', id: research }) as const
const form = { period: 'day', mode: 'hard', sharing: 'pool', days: '7', id: null } as const

async function resultOf(lines: AsyncIterable<unknown>): Promise<WhatIfResult> {
  const told = []
  for await (const line of lines) told.push(whatIfLine.parse(JSON.parse(JSON.stringify(line))))
  const last = told.at(-1)
  if (last?.kind !== 'result') throw new Error('No result')
  const progress = told.filter((line) => line.kind === 'progress')
  expect(progress.at(-1)).toEqual({ kind: 'progress', done: last.days.length === 7 ? 12 : 13, of: progress[0]?.of })
  return last
}

describe('what if', () => {
  it('a team had $0.25 a day: the third and fourth request of every day would have been refused', async () => {
    const told = await resultOf(await owner.api.budgets.whatIf({ org, scope: team(), ...form, limit: '0.25' }))
    expect(told).toMatchObject({ requests: 12, refused: 6, people: 2, letIn: 0, refusedByOthers: 0, clamped: 0 })
    expect([told.spent, told.wouldSpend]).toEqual([1_200n * million, 600n * million])
    expect(told.first.map(({ id }) => id)).toEqual([2, 3, 6, 7, 10, 11].map((i) => ids[i]))
    expect(told.first.map(({ key, cost, reason }) => [key, cost, reason])[1]).toEqual([
      'Service',
      100n * million,
      'exceeded',
    ])
    expect(told.days.map(({ requests, refused, spent, not }) => [requests, refused, spent, not])).toEqual([
      ...Array.from({ length: 3 }, () => [0, 0, 0n, 0n]),
      ...Array.from({ length: 3 }, () => [4, 2, 200n * million, 200n * million]),
      [0, 0, 0n, 0n],
    ])
  })

  it('the same again is the same again', async () => {
    const ask = async () => resultOf(await owner.api.budgets.whatIf({ org, scope: team(), ...form, limit: '0.35' }))
    expect({ ...(await ask()), toMs: 0 }).toEqual({ ...(await ask()), toMs: 0 })
  })

  it('for each person: what one spends does not refuse the other', async () => {
    const asked = { org, scope: team(), ...form, sharing: 'each', limit: '0.15' } as const
    const told = await resultOf(await owner.api.budgets.whatIf(asked))
    expect(told.first.map(({ id }) => id)).toEqual([2, 3, 6, 7, 10, 11].map((i) => ids[i]))
  })

  it('begins with what was spent in the period before the days that are replayed', async () => {
    // In all there were $5 before: a limit of $5.25 leaves room for two.
    const told = await resultOf(
      await owner.api.budgets.whatIf({ org, scope: team(), ...form, period: 'all', limit: '5.25' }),
    )
    expect([told.refused, told.wouldSpend]).toEqual([10, 200n * million])
  })

  it('it only warned: nothing is refused', async () => {
    const told = await resultOf(
      await owner.api.budgets.whatIf({ org, scope: team(), ...form, mode: 'soft', limit: '0.01' }),
    )
    expect([told.refused, told.wouldSpend]).toEqual([0, 1_200n * million])
  })

  it('makes room for the pages of others: a fourth replay at the same time has to wait', async () => {
    const ask = () => owner.api.budgets.whatIf({ org, scope: team(), ...form, limit: '1' })
    const begun = await Promise.all([ask(), ask(), ask()])
    const iterators = begun.map((lines) => lines[Symbol.asyncIterator]())
    for (const iterator of iterators) expect((await iterator.next()).value).toMatchObject({ kind: 'progress' })
    const lines = []
    for await (const line of await ask()) lines.push(line.kind)
    expect(lines).toEqual(['failed'])
    for (const iterator of iterators) await iterator.return?.(undefined)
    expect((await resultOf(await ask())).refused).toBe(0)
  })

  it('tells refusals by the other limits of today from those by the one that is asked about', async () => {
    const { prisma } = bench.stores.database
    const ofKey = await testKey(bench.stores, { orgId: acme.id, teamId: research, name: 'Small' })
    const scope = { kind: 'key', id: ofKey.keyId } as const
    await setBudget(prisma, acme.id, { scope, period: 'day', limit: 50n * million, mode: 'hard', sharing: 'pool' })
    await testRequest(bench.stores, ofKey, { amount: 100n * million, at: new Date(noon(10)), priceVersion: 'unknown' })
    const lines = await owner.api.budgets.whatIf({ org, scope: team(), ...form, days: '30', limit: '1' })
    let last
    for await (const line of lines) last = whatIfLine.parse(JSON.parse(JSON.stringify(line)))
    // The one of $5 is beyond the $1 that is asked about, the one of the small key beyond its own limit.
    expect(last).toMatchObject({ kind: 'result', requests: 14, refused: 1, refusedByOthers: 1 })
  })

  it.each(accesses)('%s asks as far as they set limits', async (access) => {
    const person = await bench.person(acme, access, access === 'lead' ? research : undefined)
    const asked = { org, ...form, limit: '1' }
    const codeOf = (call: Promise<unknown>) =>
      call.then(
        () => 'yes',
        (error: { code: string }) => error.code,
      )
    const ofTeam = await codeOf(person.api.budgets.whatIf({ ...asked, scope: team() }))
    const ofKey = await codeOf(person.api.budgets.whatIf({ ...asked, scope: { kind: 'key', id: laptop.keyId } }))
    const all = access === 'owner' || access === 'admin'
    expect([ofTeam, ofKey]).toEqual([all ? 'yes' : 'FORBIDDEN', all || access === 'lead' ? 'yes' : 'FORBIDDEN'])
  })
})
