import * as providers from '@tollkeeper/db/providers'
import { list as auditLines } from '@tollkeeper/db/audit'
import type { Organisation } from '@tollkeeper/db/organisations'
import { buildOrgPolicy } from '@tollkeeper/db/policies'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testConsole, type Person, type TestConsole } from '#server/test-console.ts'
import { testEnv } from '#server/test-env.ts'

let bench: TestConsole
let acme: Organisation
let owner: Person
let auditor: Person
let stranger: Person

beforeAll(async () => {
  testEnv({})
  bench = await testConsole()
  acme = await bench.organisation('Acme')
  owner = await bench.person(acme, 'owner')
  auditor = await bench.person(acme, 'auditor')
  const globex = await bench.organisation('Globex')
  stranger = await bench.person(globex, 'owner')
  const db = bench.stores.database.prisma
  for (const orgId of [acme.id, globex.id]) {
    const input = { name: 'Sim', kind: 'simulator', baseUrl: 'http://sim.test/v1', credential: null } as const
    const { id } = await providers.create(db, orgId, input)
    const models = ['gpt-4o', 'gpt-4o-mini', 'gpt-5-mini'].map((model) => ({ id: model, ownedBy: 'openai' }))
    await providers.recordVerification(db, orgId, id, { ok: true, status: 200, models, limits: null, latencyMs: 1 })
  }
})
afterAll(() => bench.stop())

const org = () => ({ org: acme.slug })
const published = async () =>
  (await buildOrgPolicy(bench.stores.database.prisma, acme.id, { consoleUrl: null }))?.fallbacks

describe('a fallback', () => {
  it('reaches the proxies in its order, is replaced as a whole, and removed by an empty one', async () => {
    await owner.api.fallbacks.set({ ...org(), model: 'gpt-4o', standIns: ['gpt-5-mini', 'gpt-4o-mini'] })
    expect(await published()).toEqual([{ model: 'gpt-4o', standIns: ['gpt-5-mini', 'gpt-4o-mini'] }])
    await owner.api.fallbacks.set({ ...org(), model: 'gpt-4o', standIns: ['gpt-4o-mini'] })
    expect(await published()).toEqual([{ model: 'gpt-4o', standIns: ['gpt-4o-mini'] }])
    await owner.api.fallbacks.set({ ...org(), model: 'gpt-4o', standIns: [] })
    expect(await published()).toEqual([])
    const [line] = (await auditLines(bench.stores.database.prisma, acme.id, {})).entries
    expect(line).toMatchObject({
      action: 'fallback.remove',
      before: { model: 'gpt-4o', standIns: ['gpt-4o-mini'] },
      after: { model: 'gpt-4o', standIns: [] },
    })
  })

  it.each<[string, string, string[]]>([
    ['a model that nobody offers', 'gpt-4o', ['gpt-9']],
    ['a chain of a model that nobody offers', 'gpt-9', ['gpt-4o']],
    ['the model itself', 'gpt-4o', ['gpt-4o']],
    ['a model twice', 'gpt-4o', ['gpt-4o-mini', 'gpt-4o-mini']],
    ['six models', 'gpt-4o', ['a', 'b', 'c', 'd', 'e', 'f']],
  ])('takes no %s', async (_, model, standIns) => {
    await expect(owner.api.fallbacks.set({ ...org(), model, standIns })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    expect(await published()).toEqual([])
  })

  it('is read by auditors, changed by administrators, and not there for anybody else', async () => {
    expect((await auditor.api.fallbacks.list(org())).models.map(({ name }) => name)).toContain('gpt-4o')
    const chain = { model: 'gpt-4o', standIns: ['gpt-4o-mini'] }
    await expect(auditor.api.fallbacks.set({ ...org(), ...chain })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(stranger.api.fallbacks.list(org())).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await stranger.api.fallbacks.set({ org: 'globex', ...chain })
    expect(await published()).toEqual([])
  })
})
