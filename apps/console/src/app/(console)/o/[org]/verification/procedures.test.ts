import { save } from '@tollkeeper/db/verification'
import { shardOf } from '@tollkeeper/redis/shards'
import type { Organisation } from '@tollkeeper/db/organisations'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { testConsole, type TestConsole } from '#server/test-console.ts'

let bench: TestConsole
let acme: Organisation
let globex: Organisation

beforeAll(async () => {
  bench = await testConsole()
  acme = await bench.organisation('Acme')
  globex = await bench.organisation('Globex')
})
afterAll(() => bench.stop())

const findings = [
  { check: 'counter' as const, where: 'team “Data”, month from 2026-11-01', expected: '$1 in the ledger', found: '$2' },
]

it('tells owners and finance what differs until it is healed, and nobody of another organisation', async () => {
  const [owner, finance] = [await bench.person(acme, 'owner'), await bench.person(acme, 'finance')]
  const stranger = await bench.person(globex, 'owner')
  const { prisma } = bench.stores.database
  expect(await owner.api.verification.latest({ org: 'acme' })).toBeNull()
  await save(prisma, acme.id, { at: new Date(), checked: 4, drift: [], findings })
  expect(await owner.api.verification.latest({ org: 'acme' })).toMatchObject({ checked: 4, findings })
  expect(await finance.api.verification.latest({ org: 'acme' })).toMatchObject({ findings })
  expect(await stranger.api.verification.latest({ org: 'globex' })).toBeNull()
  await expect(stranger.api.verification.latest({ org: 'acme' })).rejects.toThrow('no such organisation')
  await save(prisma, acme.id, { at: new Date(), checked: 4, drift: [], findings: [] })
  expect(await owner.api.verification.latest({ org: 'acme' })).toMatchObject({ findings: [] })
})

it('tells leads and members nothing', async () => {
  for (const access of ['lead', 'member'] as const) {
    const person = await bench.person(acme, access)
    await expect(person.api.verification.latest({ org: 'acme' })).rejects.toThrow('does not include this')
  }
})

it('tells whoever sees usage how long it has been waiting to be recorded, from 60 seconds on', async () => {
  const person = await bench.person(acme, 'member')
  const { redis } = bench.stores
  const add = (secondsAgo: number) =>
    redis.xadd(`us:{${shardOf(acme.id)}}`, `${Date.now() - secondsAgo * 1_000}-0`, 't', 'request', 'e', '{}')
  expect(await person.api.verification.behind({ org: 'acme' })).toBeNull()
  const id = await add(185)
  const behind = await person.api.verification.behind({ org: 'acme' })
  expect(Math.floor((behind?.seconds ?? 0) / 60)).toBe(3)
  await redis.xdel(`us:{${shardOf(acme.id)}}`, id ?? '')
  await add(5)
  expect(await person.api.verification.behind({ org: 'acme' })).toBeNull()
})
