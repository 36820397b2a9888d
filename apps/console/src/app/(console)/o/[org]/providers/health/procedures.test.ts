import * as providers from '@tollkeeper/db/providers'
import type { Organisation } from '@tollkeeper/db/organisations'
import { credentialMark } from '@tollkeeper/domain/credential'
import type { OrgId, ProviderId } from '@tollkeeper/domain/id'
import { makeBreakerStore } from '@tollkeeper/redis/breakers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testConsole, type Person, type TestConsole } from '#server/test-console.ts'
import { testEnv } from '#server/test-env.ts'

let bench: TestConsole
let acme: Organisation
let owner: Person
let member: Person
let stranger: Person
let provider: ProviderId

beforeAll(async () => {
  testEnv({})
  bench = await testConsole()
  acme = await bench.organisation('Acme')
  owner = await bench.person(acme, 'owner')
  member = await bench.person(acme, 'member')
  stranger = await bench.person(await bench.organisation('Globex'), 'owner')
  const input = { name: 'Sim', kind: 'simulator', baseUrl: 'http://sim.test/v1', credential: null } as const
  provider = (await providers.create(bench.stores.database.prisma, acme.id, input)).id
})
afterAll(() => bench.stop())

const listed = (person = owner) => person.api.health.list({ org: acme.slug })

/** What a proxy does that sees calls fail. */
async function fails(model: string, count: number, change: { orgId?: OrgId; sealed?: string } = {}) {
  const rules = { failures: 5, windowSeconds: 30, leastPercent: 50, cooldownMs: 60_000, canaryMs: 30_000 }
  const { redis } = bench.stores
  const credential = credentialMark(change.sealed ?? null)
  const id = { orgId: change.orgId ?? acme.id, providerId: provider, credential, model }
  const store = makeBreakerStore(redis, redis, rules)
  await store.tally(id, [{ age: 0, answered: 1, failed: count }])
  return { store, id }
}

describe('circuit breakers', () => {
  it('are shown once they have opened, with the time until the next call', async () => {
    await fails('well', 4)
    await fails('ill', 5)
    const breakers = await listed()
    expect(breakers).toMatchObject([{ providerId: provider, model: 'ill', state: 'open', trips: 1 }])
    expect(breakers[0]?.waitMs).toBeGreaterThan(30_000)
    expect(breakers[0]?.waitMs).toBeLessThanOrEqual(60_000)
  })

  it('say that a credential is at a limit of the provider', async () => {
    const { store, id } = await fails('busy', 1)
    await store.limit(id, 7_000)
    const busy = (await listed()).find(({ model }) => model === 'busy')
    expect(busy).toMatchObject({ state: 'limited', failed: 1, answered: 1, trips: 0 })
    expect(busy?.waitMs).toBeLessThanOrEqual(7_000)
  })

  it('of a credential that was replaced are not shown', async () => {
    await fails('old', 5, { sealed: 'sealed before' })
    expect((await listed()).map(({ model }) => model)).not.toContain('old')
  })

  it('are for those who see providers, and of their organisation only', async () => {
    await expect(listed(member)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(listed(stranger)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await stranger.api.health.list({ org: 'globex' })).toEqual([])
  })
})
