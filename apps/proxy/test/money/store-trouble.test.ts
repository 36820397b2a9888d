import { connectRedis, redisReady } from '@tollkeeper/redis/connection'
import { aBudget, aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { until } from '@tollkeeper/testbed/processes'
import { disposableRedis, type DisposableRedis } from '@tollkeeper/testbed/redis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ask, says } from '../world/ask.ts'
import { openLink, type Weather } from '../world/link.ts'
import { startWorld, type RunningProxy, type World } from '../world/world.ts'

let redis: DisposableRedis
let link: Awaited<ReturnType<typeof openLink>>
let world: World
let proxy: RunningProxy
beforeAll(async () => {
  redis = await disposableRedis({ fsync: 'always' })
  world = await startWorld({ redisUrl: redis.url })
  link = await openLink(redis.port)
  const through = new URL(redis.url)
  through.port = String(link.port)
  proxy = await world.startProxy({ REDIS_URL: through.href, STORE_TIMEOUT_MS: '900' })
})
afterEach(() => link.set({ kind: 'calm' }))
afterAll(async () => {
  await world.stop()
  await link.close()
  await redis.stop()
})

const body = says('Hi [[sim:tokens=5]]', { max_tokens: 50 })

async function team() {
  const policy = aPolicy(world.simulator.url)
  const budget = aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, '5')
  policy.budgets.push(budget)
  const key = aKey(policy)
  await world.publish(policy, key)
  return { policy, key, balance: async () => (await world.balances(policy))[budget.id] }
}

const untilAnswers = (key: Awaited<ReturnType<typeof team>>['key']) =>
  until(async () => (await ask(proxy.url, key, body)).status === 200, { within: 20_000, what: 'answers again' })

describe('a proxy whose line to Redis is bad', () => {
  it('answers over a line that takes 50 ms more', async () => {
    const { key } = await team()
    link.set({ kind: 'slow', ms: 50 })
    expect((await ask(proxy.url, key, body)).status).toBe(200)
  })

  const troubles: [string, Weather][] = [
    ['takes 5 s', { kind: 'slow', ms: 5_000 }],
    ['swallows everything', { kind: 'lost', requests: true, replies: true }],
    ['loses what Redis answers', { kind: 'lost', requests: false, replies: true }],
    ['is cut', { kind: 'cut' }],
  ]
  it.each(troubles)(
    'refuses while the line %s, sends nothing, and goes on by itself with nothing held',
    async (_, weather) => {
      const { key, policy, balance } = await team()
      await untilAnswers(key)
      const before = (await world.simulator.totals()).calls
      link.set(weather)
      for (let i = 0; i < 4; i += 1) {
        const refused = await ask(proxy.url, key, body)
        expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2'])
      }
      await until(async () => /^gateway_store_closed 1$/m.test(await (await fetch(`${proxy.url}/metrics`)).text()), {
        within: 10_000,
        what: 'the store not to be asked any more',
      })
      expect((await world.simulator.totals()).calls).toBe(before)

      link.set({ kind: 'calm' })
      await untilAnswers(key)
      await until(async () => (await balance())?.held === 0n, { within: 20_000, what: 'lost holds to be given back' })
      const calls = (await world.simulator.totals()).calls
      const { attempts } = await until(
        async () => {
          const usage = await world.usage(policy)
          return usage.attempts.length >= 2 ? usage : undefined
        },
        { within: 10_000 },
      )
      // One before and one after; what was refused was neither sent nor charged.
      expect([calls - before, attempts.length]).toEqual([1, 2])
      expect((await balance())?.used).toBe(attempts.reduce((sum, { amount }) => sum + amount, 0n))
    },
  )
})

describe('a Redis that runs out of memory', () => {
  it('gets nothing new from 85 % on, and everything again below', async () => {
    const { key } = await team()
    await untilAnswers(key)
    const control = connectRedis(redis.url)
    await redisReady(control)
    const used = Number(/used_memory:(\d+)/.exec(await control.info('memory'))?.[1])
    await control.config('SET', 'maxmemory', Math.floor(used / 0.9))
    await until(async () => (await ask(proxy.url, key, body)).status === 503, { within: 10_000 })
    const alarm = proxy.log().find((line) => line['msg'] === 'the store is running out of memory')
    expect(alarm).toMatchObject({ shedding: true })
    await control.config('SET', 'maxmemory', used * 10)
    await untilAnswers(key)
    await control.config('SET', 'maxmemory', 0)
    control.disconnect()
  })

  it('makes the instance unready while it may throw counters away', async () => {
    const control = connectRedis(redis.url)
    await redisReady(control)
    const state = async () => (await (await fetch(`${proxy.url}/readyz`)).json()) as { ready: boolean; memory: string }
    await control.config('SET', 'maxmemory', '1gb')
    await control.config('SET', 'maxmemory-policy', 'allkeys-lru')
    await until(async () => (await state()).memory === 'evicting', { within: 10_000 })
    expect((await state()).ready).toBe(false)
    await control.config('SET', 'maxmemory-policy', 'noeviction')
    await until(async () => (await state()).memory === 'ok', { within: 10_000 })
    await control.config('SET', 'maxmemory', 0)
    control.disconnect()
  })

  it('is taken for one that is away when it takes nothing any more, and loses no charge', async () => {
    const { key, policy, balance } = await team()
    await untilAnswers(key)
    const control = connectRedis(redis.url)
    await redisReady(control)
    const running = ask(proxy.url, key, says('Hi [[sim:tokens=40]] [[sim:tps=40]]', { max_tokens: 50 }))
    await until(async () => ((await balance())?.held ?? 0n) > 0n, { within: 10_000 })
    await control.config('SET', 'maxmemory', 1)
    await until(async () => (await ask(proxy.url, key, body)).status === 503, { within: 10_000 })
    expect((await running).status).toBe(200)
    await control.config('SET', 'maxmemory', 0)
    await until(async () => (await world.usage(policy)).attempts.length >= 2, { within: 20_000 })
    await until(async () => (await balance())?.held === 0n, { within: 10_000 })
    await untilAnswers(key)
    control.disconnect()
  })
})
