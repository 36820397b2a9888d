import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { aBudget, aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { until } from '@tollkeeper/testbed/processes'
import { ask, get, says } from '../world/ask.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterEach(() => vi.restoreAllMocks())
afterAll(() => world.stop())

/** 14 input tokens at 150 nano-USD and 300 output tokens at 600: 182,100 nano-USD, held and charged. */
const worst = says('Hi [[sim:worst]]', { max_tokens: 300 })

async function raisedFor(ms: number) {
  const policy = aPolicy(world.simulator.url)
  const raise = { subject: null, amount: 364_200n, fromMs: Date.now() - 7_200_000, untilMs: Date.now() + ms }
  const budget = { ...aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, '0.0001821'), version: 4 }
  policy.budgets.push({ ...budget, raises: [raise] })
  const key = aKey(policy)
  await world.publish(policy, key)
  return { key, raise }
}

const keyReport = async (key: ReturnType<typeof aKey>) => {
  const { text } = await get(`${world.url}/v1/key`, key)
  return (JSON.parse(text) as { budgets: Record<string, unknown>[] }).budgets[0]
}

it('admits more while a limit is raised and nothing more afterwards, though nobody publishes anything', async () => {
  const { key, raise } = await raisedFor(4_000)
  expect(await keyReport(key)).toMatchObject({
    limit_usd: '0.000546300',
    raised_until: expect.stringMatching(/^\d{4}-.*\+00:00$/),
  })
  expect([(await ask(world.url, key, worst)).status, (await ask(world.url, key, worst)).status]).toEqual([200, 200])
  await until(async () => Date.now() > raise.untilMs || undefined, { within: 10_000, what: 'the raise to end' })
  const refused = await ask(world.url, key, worst)
  expect(refused.status).toBe(402)
  expect(refused.body.error.gateway).toMatchObject({
    reason: 'budget_exceeded',
    limit_usd: '0.000182100',
    spent_usd: '0.000364200',
  })
  expect(await keyReport(key)).toMatchObject({ limit_usd: '0.000182100', left_usd: '0.000000000', raised_until: null })
})

it('ends a raise by the store’s clock, also for a proxy whose own clock is an hour behind', async () => {
  const { key } = await raisedFor(-1)
  const now = Date.now
  vi.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000)
  expect((await ask(world.url, key, worst)).status).toBe(200)
  const refused = await ask(world.url, key, worst)
  vi.restoreAllMocks()
  expect([refused.status, refused.body.error.gateway['limit_usd']]).toEqual([402, '0.000182100'])
})
