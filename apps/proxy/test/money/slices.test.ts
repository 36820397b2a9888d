import { makeSweeper } from '@tollkeeper/redis/budgets'
import { connectRedis, redisReady } from '@tollkeeper/redis/connection'
import { shardOf } from '@tollkeeper/redis/shards'
import { disposableRedis, type DisposableRedis } from '@tollkeeper/testbed/redis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { aBudget, aKey, aLimit, aPolicy, type BuiltKey } from '@tollkeeper/testbed/builders'
import { until } from '@tollkeeper/testbed/processes'
import { ask, get, says } from '../world/ask.ts'
import { spawnProxy } from '../world/proxy-process.ts'
import { askStream } from '../world/stream.ts'
import { startWorld, type World } from '../world/world.ts'

let redis: DisposableRedis
let world: World
beforeAll(async () => {
  redis = await disposableRedis({ fsync: 'always' })
  world = await startWorld({ redisUrl: redis.url })
})
beforeEach(() => world.simulator.reset())
afterAll(async () => {
  await world.stop()
  await redis.stop()
})

async function company(storeOutage: 'closed' | 'bounded', limit = '5', tokensPerMinute: number | null = null) {
  const policy = aPolicy(world.simulator.url)
  policy.settings.storeOutage = storeOutage
  const organisation = { kind: 'organisation', id: policy.orgId, name: 'Acme' } as const
  const budget = aBudget(organisation, limit)
  policy.budgets.push(budget)
  policy.rateLimits.push(aLimit(organisation, { requestsPerMinute: 1_000_000, tokensPerMinute }))
  const key = aKey(policy)
  await world.publish(policy, key)
  const balance = async () => (await world.balances(policy))[budget.id]
  return { policy, key, balance }
}

const body = says('Hi [[sim:tokens=5]]', { max_tokens: 50 })
const answers = async (url: string, key: BuiltKey) => (await ask(url, key, body)).status
const metric = async (url: string, name: string): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? 0)
}

/** Charges of an organisation are what the provider bills, once each, and are what its budget says was used. */
async function expectExact({ policy, key, balance }: Awaited<ReturnType<typeof company>>) {
  await until(async () => (await balance())?.held === 0n, { within: 20_000, what: 'everything to be given back' })
  const { attempts } = await world.usage(policy)
  const calls = (await world.simulator.calls()).filter((call) =>
    attempts.some(({ attemptId }) => attemptId === call.receivedRequestId),
  )
  const charges = attempts.filter(({ kind }) => kind === 'final')
  expect(new Map(charges.map(({ attemptId, amount }) => [attemptId as string, amount]))).toEqual(
    new Map(calls.map((call) => [call.receivedRequestId, BigInt(call.billedNano)])),
  )
  expect(charges).toHaveLength(calls.length)
  const sum = attempts.reduce(
    (total, { kind, amount, hold }) => total + (kind === 'correction' ? amount - hold : amount),
    0n,
  )
  expect(await balance()).toMatchObject({ used: sum, held: 0n })
  expect(key.record.scopes.orgId).toBe(policy.orgId)
  return { sum, charges }
}

describe('Redis that is killed under load', () => {
  it('an organisation with slices is answered within them, another is refused; afterwards everything is charged exactly', async () => {
    const proxy = await world.startProxy({ LEASE_MS: '20000', RENEW_MS: '1000' })
    const bounded = await company('bounded')
    const closed = await company('closed')
    expect([await answers(proxy.url, bounded.key), await answers(proxy.url, closed.key)]).toEqual([200, 200])
    await until(async () => (await metric(proxy.url, 'gateway_slices')) === 1, { within: 5_000, what: 'a slice' })
    const stream = await askStream(
      proxy.url,
      bounded.key,
      says('Hi [[sim:tokens=60]] [[sim:tps=60]]', { max_tokens: 60 }),
    )
    await stream.next()

    await redis.kill9()
    const statuses: number[] = []
    const enough = new AbortController()
    const load = async () => {
      while (!enough.signal.aborted) statuses.push(await answers(proxy.url, bounded.key))
    }
    const clients = Array.from({ length: 4 }, load)
    // The slice is worth five requests of 31,200 nano at most; each takes 4,200. At least 25 are answered out of it.
    await until(() => statuses.filter((status) => status === 200).length >= 25, { within: 10_000 })
    expect(await answers(proxy.url, closed.key)).toBe(503)
    expect((await stream.rest()).at(-1)).toBe('data: [DONE]')
    await until(() => statuses.includes(503), { within: 10_000, what: 'the slice to be used up' })
    enough.abort()
    await Promise.all(clients)
    expect(new Set(statuses)).toEqual(new Set([200, 503]))
    expect((await get(`${proxy.url}/readyz`, bounded.key)).text).toContain('"redis":"slices"')
    expect(await metric(proxy.url, 'gateway_without_store_total{what="slice"}')).toBeGreaterThanOrEqual(25)

    await redis.restart()
    await until(async () => (await answers(proxy.url, closed.key)) === 200, { within: 15_000, what: 'Redis' })
    await until(async () => (await answers(proxy.url, bounded.key)) === 200, { within: 15_000 })
    await proxy.stop(2_000)
    const { charges } = await expectExact(bounded)
    expect(charges.length).toBeGreaterThanOrEqual(27)
    await expectExact(closed)
  }, 60_000)

  it('for longer than a lease: what was spent out of a slice that was swept is moved out of its charge', async () => {
    const proxy = await world.startProxy({ LEASE_MS: '1000', RENEW_MS: '60000' })
    const bounded = await company('bounded')
    expect(await answers(proxy.url, bounded.key)).toBe(200)
    await until(async () => (await metric(proxy.url, 'gateway_slices')) === 1, { within: 5_000, what: 'a slice' })
    const store = connectRedis(world.redisUrl)
    await redisReady(store)
    const sweeper = makeSweeper(store, { graceMs: 0 })
    // Not renewed in time: the whole slice is charged while an answer that it pays for is under way.
    const drilling = await world.startProxy({ LEASE_MS: '1000', RENEW_MS: '60000', SLICE_DRILL_PERCENT: '100' })
    expect(await answers(drilling.url, bounded.key)).toBe(200)
    await until(async () => (await metric(drilling.url, 'gateway_slices')) === 1, { within: 5_000, what: 'a slice' })
    const slow = ask(drilling.url, bounded.key, says('Hi [[sim:tokens=5]] [[sim:slow=2500]]', { max_tokens: 50 }))
    await until(async () => (await sweeper.sweep(shardOf(bounded.policy.orgId))) > 0, { within: 10_000 })
    expect((await slow).status).toBe(200)
    await proxy.stop()
    await drilling.stop()
    while ((await sweeper.sweep(shardOf(bounded.policy.orgId))) > 0);
    const { attempts } = await world.usage(bounded.policy)
    expect(new Set(attempts.map(({ kind }) => kind))).toEqual(new Set(['final', 'provisional', 'correction']))
    await expectExact(bounded)
    store.disconnect()
  }, 30_000)
})

describe('slices in calm times', () => {
  it('are used by requests as far as asked for, and given back by a proxy that stops', async () => {
    const drilling = await spawnProxy(world.env({ SLICE_DRILL_PERCENT: '100' }))
    const bounded = await company('bounded')
    expect(await answers(drilling.url, bounded.key)).toBe(200)
    await until(async () => (await metric(drilling.url, 'gateway_slices')) === 1, { within: 5_000, what: 'a slice' })
    expect((await bounded.balance())?.held).toBeGreaterThan(0n)
    const all = await Promise.all(Array.from({ length: 60 }, () => answers(drilling.url, bounded.key)))
    expect(new Set(all)).toEqual(new Set([200]))
    const failed = await ask(drilling.url, bounded.key, says('Hi [[sim:status=500]]', { max_tokens: 50 }))
    expect(failed.status).toBe(503)
    await drilling.stop()
    const { charges } = await expectExact(bounded)
    expect(charges.some(({ attemptId }) => attemptId.endsWith('.s'))).toBe(true)
  }, 30_000)

  it('take nothing where a limit on tokens would not see it', async () => {
    const drilling = await world.startProxy({ SLICE_DRILL_PERCENT: '100' })
    const bounded = await company('bounded', '5', 1_000_000)
    for (let i = 0; i < 5; i += 1) expect(await answers(drilling.url, bounded.key)).toBe(200)
    await drilling.stop()
    const { charges } = await expectExact(bounded)
    expect(charges.filter(({ attemptId }) => attemptId.endsWith('.s'))).toEqual([])
  })

  it('make room for a request that would be refused for what they hold', async () => {
    const proxy = await world.startProxy({ SLICE_DRILL_PERCENT: '0' })
    // A request of 8 + 1 tokens holds and costs 1,800 nano; of the 188,200 left, 1 % is set aside for one more of them.
    const bounded = await company('bounded', '0.00019')
    expect((await ask(proxy.url, bounded.key, says('Hi', { max_tokens: 1 }))).status).toBe(200)
    await until(async () => (await bounded.balance())?.held === 1_882n, { within: 5_000, what: 'a slice' })
    // 187,200 nano: more than is left beside the slice, and two choices of 155 tokens cannot be clamped.
    const large = await ask(proxy.url, bounded.key, says('Hi', { max_tokens: 155, n: 2 }))
    expect(large.status).toBe(200)
    await proxy.stop()
    const { sum } = await expectExact(bounded)
    expect(sum).toBeLessThanOrEqual(190_000n)
  })
})
