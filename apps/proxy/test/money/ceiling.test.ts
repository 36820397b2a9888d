import { afterEach, beforeEach, expect, it } from 'vitest'
import { aKey, aPolicy, type BuiltKey } from '@tollkeeper/testbed/builders'
import { ask, says, type Asked } from '../world/ask.ts'
import { spawnProxy } from '../world/proxy-process.ts'
import { askStream } from '../world/stream.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.stop())

/** An organisation without any budget of its own. */
async function company(): Promise<BuiltKey> {
  const policy = aPolicy(world.simulator.url)
  const key = aKey(policy)
  await world.publish(policy, key)
  return key
}

/** 14 input tokens at 150 nano and 5 output tokens at 600 nano; it holds up to 13,350, bounded by the bytes of its body. */
const each = 5_100n
const body = says('Hi [[sim:worst]]', { max_tokens: 5 })
const billed = async () => BigInt((await world.simulator.totals()).billedNano)
const reasonsOf = (answers: readonly Asked[]) =>
  new Set(answers.filter(({ status }) => status !== 200).map(({ body: { error } }) => error.gateway['reason']))

it('is exceeded by nobody: 300 requests of two organisations at once through two proxies, worth three times as much', async () => {
  const ceiling = { PLATFORM_BUDGET_USD: '0.0005', PLATFORM_BUDGET_PERIOD: 'day' }
  const proxies = await Promise.all([spawnProxy(world.env(ceiling)), spawnProxy(world.env(ceiling))])
  const keys = [await company(), await company()]
  const answers = await Promise.all(
    Array.from({ length: 300 }, (_, i) => ask(proxies[i % 2]?.url ?? '', keys[(i >> 1) % 2] as BuiltKey, body)),
  )
  for (const reason of reasonsOf(answers)) expect(reason).toMatch(/^platform_budget_(exceeded|held)$/)
  const answered = answers.filter(({ status }) => status === 200).length
  expect(await billed()).toBe(BigInt(answered) * each)
  expect((await billed()) <= 500_000n).toBe(true)
  await Promise.all(proxies.map((proxy) => proxy.stop()))
}, 30_000)

it('is used up to 99 % by one proxy that does all the work while another one is there, and says so', async () => {
  const ceiling = { PLATFORM_BUDGET_USD: '0.003' }
  const idle = await world.startProxy(ceiling)
  const busy = await world.startProxy(ceiling)
  const key = await company()
  for (let i = 0; i < 10; i += 1) expect((await ask(idle.url, key, body)).status).toBe(200)
  let last: Asked | undefined
  const worker = async () => {
    for (;;) {
      const answer = await ask(busy.url, key, body)
      if (answer.status === 402) return void (last = answer)
      expect([200, 503]).toContain(answer.status)
    }
  }
  await Promise.all([worker(), worker(), worker()])
  expect(last?.body.error).toMatchObject({
    type: 'insufficient_quota',
    gateway: { reason: 'platform_budget_exceeded' },
  })
  expect(last?.headers.get('x-should-retry')).toBe('false')
  const spent = await billed()
  expect([spent >= 2_970_000n, spent <= 3_000_000n]).toEqual([true, true])
}, 30_000)

it('gets back exactly what an answer cost less than its worst case', async () => {
  // Its worst case is above 602,100 nano, so only one at a time fits, and 51 only because the rest comes back.
  const proxy = await world.startProxy({ PLATFORM_BUDGET_USD: '0.001' })
  const key = await company()
  const cheap = says('Hi [[sim:tokens=5]]', { max_tokens: 1_000 })
  for (let i = 0; i < 50; i += 1) expect((await ask(proxy.url, key, cheap)).status).toBe(200)
  for (const failing of ['[[sim:status=500]]', '[[sim:status=400]]'])
    expect((await ask(proxy.url, key, says(`Hi ${failing}`, { max_tokens: 1_000 }))).status).not.toBe(402)
  expect((await ask(proxy.url, key, cheap)).status).toBe(200)
})

it('counts what a killed proxy held as spent once its lease is over, and no more than that', async () => {
  const ceiling = { PLATFORM_BUDGET_USD: '0.001', LEASE_MS: '1000', RENEW_MS: '250' }
  const doomed = await spawnProxy(world.env(ceiling))
  const proxy = await world.startProxy(ceiling)
  const key = await company()
  // Holds at least 22 × 150 + 800 × 600 = 483,300 nano when it dies.
  const stream = await askStream(doomed.url, key, says('Hi [[sim:tokens=800]] [[sim:tps=20]]', { max_tokens: 800 }))
  await stream.next()
  const broken = stream.rest().catch(() => 'broke')
  await doomed.kill9()
  await broken
  let spent = 0n
  for (let answer = await ask(proxy.url, key, body); answer.status !== 402; answer = await ask(proxy.url, key, body)) {
    expect([200, 503]).toContain(answer.status)
    if (answer.status === 200) spent += each
  }
  expect(spent <= 1_000_000n - 483_300n).toBe(true)
  expect(spent).toBeGreaterThan(0n)
}, 30_000)
