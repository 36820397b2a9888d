import { save } from '@tollkeeper/db/verification'
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
