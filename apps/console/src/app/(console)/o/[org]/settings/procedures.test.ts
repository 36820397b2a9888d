import { list } from '@tollkeeper/db/audit'
import type { Organisation } from '@tollkeeper/db/organisations'
import { makePolicyReader } from '@tollkeeper/redis/policies'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accesses } from '#server/roles.ts'
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

const changed = {
  name: 'Acme Labs',
  timeZone: 'America/New_York',
  moneyRefusalStatus: '429',
  showAmounts: false,
  defaultMaxOutputTokens: '2000',
  storeOutage: 'bounded',
  provisionalRule: 'full',
  joinInFlight: false,
  requestsPerMinute: '60',
  requestsPerHour: '',
  tokensPerMinute: '50000',
  tokensPerHour: '900000',
} as const

describe('settings of an organisation', () => {
  it('starts with 100 requests and 100,000 tokens per minute, 402 and amounts shown', async () => {
    const owner = await bench.person(globex, 'owner')
    expect(await owner.api.settings.read({ org: 'globex' })).toEqual({
      name: 'Globex',
      timeZone: 'Europe/Helsinki',
      moneyRefusalStatus: 402,
      showAmounts: true,
      defaultMaxOutputTokens: 4096,
      storeOutage: 'closed',
      provisionalRule: 'observed',
      joinInFlight: true,
      requestsPerMinute: 100,
      requestsPerHour: null,
      tokensPerMinute: 100_000,
      tokensPerHour: null,
    })
  })

  it('an admin changes them; the audit log tells from what to what, and the proxies are told at once', async () => {
    const admin = await bench.person(acme, 'admin')
    const saved = await admin.api.settings.update({ org: 'acme', ...changed })
    expect(saved).toMatchObject({
      name: 'Acme Labs',
      moneyRefusalStatus: 429,
      requestsPerHour: null,
      tokensPerMinute: 50_000,
      tokensPerHour: 900_000,
    })
    expect(await admin.api.settings.read({ org: 'acme' })).toEqual(saved)

    const { prisma } = bench.stores.database
    const [line] = (await list(prisma, acme.id)).entries
    expect(line).toMatchObject({
      action: 'settings.update',
      actorId: admin.memberId,
      before: { name: 'Acme', requestsPerMinute: 100, joinInFlight: true },
      after: { name: 'Acme Labs', requestsPerMinute: 60, joinInFlight: false },
    })

    const policy = await makePolicyReader(bench.stores.redis, bench.stores.redis).org(acme.id)
    expect(policy).toMatchObject({
      name: 'Acme Labs',
      timeZone: 'America/New_York',
      settings: {
        moneyRefusalStatus: 429,
        showAmounts: false,
        defaultMaxOutputTokens: 2000,
        storeOutage: 'bounded',
        joinInFlight: false,
        consoleUrl: 'http://console.test',
      },
    })
    expect(await prisma.policyOutbox.count({ where: { orgId: acme.id } })).toBe(0)
  })

  it('leaves what could not be published to the worker, and saves all the same', async () => {
    const owner = await bench.person(globex, 'owner')
    const { publisher } = bench.stores
    bench.stores.publisher = { ...publisher, publishOrg: () => Promise.reject(new Error('Redis is away')) }
    await owner.api.settings.update({ org: 'globex', ...changed, name: 'Globex' })
    bench.stores.publisher = publisher
    expect(await bench.stores.database.prisma.policyOutbox.count({ where: { orgId: globex.id } })).toBeGreaterThan(0)
  })

  it.each(accesses)('as %s: reading and changing are allowed exactly as the matrix says', async (access) => {
    const person = await bench.person(acme, access)
    const read = person.api.settings.read({ org: 'acme' }).then(
      () => 'yes',
      (error: { code: string }) => error.code,
    )
    const write = person.api.settings.update({ org: 'acme', ...changed }).then(
      () => 'yes',
      (error: { code: string }) => error.code,
    )
    const expected = { owner: ['yes', 'yes'], admin: ['yes', 'yes'], auditor: ['yes', 'FORBIDDEN'] }[access as string]
    expect([await read, await write]).toEqual(expected ?? ['FORBIDDEN', 'FORBIDDEN'])
  })

  it('are not there for the owner of another organisation, nor for nobody', async () => {
    const outsider = await bench.person(globex, 'owner')
    await expect(outsider.api.settings.read({ org: 'acme' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(outsider.api.settings.update({ org: 'acme', ...changed, name: 'Mine' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await expect(bench.stranger.settings.read({ org: 'acme' })).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    const org = await bench.stores.database.prisma.organisation.findUnique({ where: { id: acme.id } })
    expect(org?.name).toBe('Acme Labs')
  })

  it.each([
    ['requestsPerMinute', '0'],
    ['requestsPerMinute', '1.5'],
    ['tokensPerMinute', '1e9'],
    ['defaultMaxOutputTokens', ''],
    ['timeZone', 'Mars/Olympus'],
    ['name', '   '],
  ])('refuse %s = "%s"', async (field, value) => {
    const owner = await bench.person(acme, 'owner')
    await expect(owner.api.settings.update({ org: 'acme', ...changed, [field]: value })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
  })
})
