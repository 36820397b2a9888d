import { connectRedis, redisReady } from '@tollkeeper/redis/connection'
import { makeSweeper } from '@tollkeeper/redis/budgets'
import { shardOf } from '@tollkeeper/redis/shards'
import { disposableRedis, type DisposableRedis } from '@tollkeeper/testbed/redis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { aBudget, aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { until } from '@tollkeeper/testbed/processes'
import { ask, says } from '../world/ask.ts'
import { spawnProxy } from '../world/proxy-process.ts'
import { askStream, chunksOf } from '../world/stream.ts'
import { startWorld, type World } from '../world/world.ts'

let redis: DisposableRedis
let world: World
beforeAll(async () => {
  redis = await disposableRedis({ fsync: 'always' })
  world = await startWorld({ redisUrl: redis.url, env: { LEASE_MS: '1000', RENEW_MS: '250' } })
})
beforeEach(() => world.simulator.reset())
afterAll(async () => {
  await world.stop()
  await redis.stop()
})

async function team(limit = '5') {
  const policy = aPolicy(world.simulator.url)
  const budget = aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, limit)
  policy.budgets.push(budget)
  const key = aKey(policy)
  await world.publish(policy, key)
  const balance = async () => (await world.balances(policy))[budget.id]
  return { policy, key, balance }
}

describe('a proxy that is killed in the middle of streams', () => {
  it('leaves holds that are charged once their lease is over, and nothing else', async () => {
    // Small enough for the prompts to be counted, not bounded.
    const { policy, key, balance } = await team('0.01')
    const doomed = await spawnProxy(world.env())
    const body = says('Hi [[sim:tokens=400]] [[sim:tps=50]]', { max_tokens: 400 })
    const streams = await Promise.all(Array.from({ length: 8 }, () => askStream(doomed.url, key, body)))
    await Promise.all(streams.map((stream) => stream.next()))
    // 22 input tokens at 150 nano and 400 output tokens at 600 nano.
    const each = 243_300n
    expect(await balance()).toMatchObject({ used: 0n, held: 8n * each })

    const broken = streams.map((stream) =>
      stream.rest().then(
        () => 'ended',
        () => 'broke',
      ),
    )
    await doomed.kill9()
    expect(new Set(await Promise.all(broken))).toEqual(new Set(['broke']))

    const store = connectRedis(world.redisUrl)
    await redisReady(store)
    const sweeper = makeSweeper(store, { graceMs: 100 })
    await until(
      async () => {
        await sweeper.sweep(shardOf(policy.orgId))
        return (await balance())?.held === 0n
      },
      { within: 10_000, what: 'the leases to end' },
    )
    store.disconnect()
    expect(await balance()).toMatchObject({ used: 8n * each, held: 0n })
    const { attempts } = await world.usage(policy)
    expect(attempts.map(({ kind, result, amount }) => [kind, result.usageSource, amount])).toEqual(
      Array.from({ length: 8 }, () => ['provisional', 'held', each]),
    )
    expect((await world.simulator.totals()).calls).toBeLessThanOrEqual(8)
  })
})

describe('a lease', () => {
  it('is kept alive for as long as its stream runs', async () => {
    const { policy, key, balance } = await team()
    const store = connectRedis(world.redisUrl)
    await redisReady(store)
    const sweeper = makeSweeper(store, { graceMs: 1 })
    const stream = await askStream(world.url, key, says('Hi [[sim:tokens=60]] [[sim:tps=20]]'))
    const over = new AbortController()
    const rest = stream.rest().finally(() => over.abort())
    // Three times as long as a lease.
    while (!over.signal.aborted) {
      expect(await sweeper.sweep(shardOf(policy.orgId))).toBe(0)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect((await rest).at(-1)).toBe('data: [DONE]')
    store.disconnect()
    const [call] = await world.simulator.calls()
    expect(await balance()).toMatchObject({ used: BigInt(call?.billedNano ?? 0), held: 0n })
  })
})

describe('Redis that is killed under load and started again', () => {
  it('refuses within a second, loses no charge, charges nothing twice, and holds nothing back', async () => {
    const { policy, key, balance } = await team()
    const statuses: number[] = []
    const slowest = { ms: 0 }
    const enough = new AbortController()
    const load = async () => {
      while (!enough.signal.aborted) {
        const started = performance.now()
        const answer = await ask(world.url, key, says('Hi [[sim:tokens=5]]'))
        statuses.push(answer.status)
        if (answer.status === 503) {
          expect(answer.body.error.gateway).toMatchObject({ reason: 'budget_store_unavailable' })
          expect(answer.headers.get('retry-after')).toBe('2')
          slowest.ms = Math.max(slowest.ms, performance.now() - started)
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      }
    }
    const clients = Array.from({ length: 8 }, load)
    const stream = await askStream(world.url, key, says('Hi [[sim:tokens=100]] [[sim:tps=100]]'))
    await until(() => statuses.filter((status) => status === 200).length > 50, { within: 10_000 })

    await redis.kill9()
    await until(() => statuses.includes(503), { within: 5_000, what: 'refusals' })
    const ready = async () => (await fetch(`${world.url}/readyz`)).status
    expect(await ready()).toBe(503)
    expect((await fetch(`${world.url}/livez`)).status).toBe(200)
    // A stream that runs is answered to its end, while its settlement waits.
    expect((await stream.rest()).at(-1)).toBe('data: [DONE]')
    expect(slowest.ms).toBeLessThan(1_500)

    await redis.restart()
    const before = statuses.length
    await until(() => statuses.slice(before).includes(200), { within: 10_000, what: 'answers again' })
    await until(async () => (await ready()) === 200, { within: 10_000, what: 'the instance to be ready again' })
    enough.abort()
    await Promise.all(clients)
    expect(new Set(statuses)).toEqual(new Set([200, 503]))

    // Every call that reached the provider has exactly one charge, of what it bills.
    await until(async () => (await balance())?.held === 0n, { within: 10_000, what: 'all holds to be closed' })
    const { attempts } = await world.usage(policy)
    const calls = await world.simulator.calls()
    const billed = new Map(calls.map((call) => [call.receivedRequestId, BigInt(call.billedNano)]))
    expect(new Map(attempts.map(({ attemptId, amount }) => [attemptId as string, amount]))).toEqual(billed)
    expect(attempts).toHaveLength(calls.length)
    const sum = attempts.reduce((total, { amount }) => total + amount, 0n)
    expect(await balance()).toMatchObject({ used: sum, held: 0n })
  })
})

describe('Redis that says nothing any more', () => {
  it('refuses within its second, and gives back every hold whose answer was lost', async () => {
    const { key, balance } = await team()
    expect((await ask(world.url, key, says('Hi'))).status).toBe(200)
    process.kill(redis.pid, 'SIGSTOP')
    try {
      const started = performance.now()
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(world.url, key, says('Hi'))))
      expect(performance.now() - started).toBeLessThan(2_500)
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]))
    } finally {
      process.kill(redis.pid, 'SIGCONT')
    }
    await until(async () => (await fetch(`${world.url}/readyz`)).status === 200, { within: 10_000 })
    await until(async () => (await balance())?.held === 0n, { within: 10_000, what: 'all holds to be given back' })
    const [call, ...more] = await world.simulator.calls()
    expect(more).toEqual([])
    expect((await balance())?.used).toBe(BigInt(call?.billedNano ?? 0))
  })
})

describe('a proxy that is told to stop', () => {
  it('is not ready any more, finishes its streams, settles, and ends', async () => {
    const { policy, key, balance } = await team()
    const stopping = await spawnProxy(world.env({ SHUTDOWN_GRACE_MS: '5000' }))
    const stream = await askStream(stopping.url, key, says('Hi [[sim:tokens=40]] [[sim:tps=40]]'))
    await stream.next()
    const stopped = stopping.stop()
    expect((await stream.rest()).at(-1)).toBe('data: [DONE]')
    expect(await stopped).toEqual({ code: 0, signal: null })
    const { attempts } = await world.usage(policy)
    const call = (await world.simulator.calls()).find((each) => each.receivedRequestId === attempts[0]?.attemptId)
    expect(attempts).toMatchObject([
      { kind: 'final', amount: BigInt(call?.billedNano ?? 0), result: { outcome: 'answered' } },
    ])
    expect((await balance())?.held).toBe(0n)
  })

  it('cuts the streams that outlast its grace with an error, and charges what they wrote', async () => {
    const { policy, key, balance } = await team()
    const stopping = await spawnProxy(world.env({ SHUTDOWN_GRACE_MS: '300' }))
    const stream = await askStream(stopping.url, key, says('Hi [[sim:tokens=4000]] [[sim:tps=50]]'))
    await stream.next()
    const stopped = stopping.stop()
    const events = await stream.rest()
    expect(chunksOf(events).at(-1)?.error).toMatchObject({ code: 'shutting_down' })
    expect(events).not.toContain('data: [DONE]')
    expect(await stopped).toEqual({ code: 0, signal: null })
    const { attempts } = await world.usage(policy)
    expect(attempts).toMatchObject([{ result: { outcome: 'stream-broke', usageSource: 'estimated' } }])
    expect(await balance()).toMatchObject({ used: attempts[0]?.amount, held: 0n })
  })

  it('says at once that it is not ready, still answers until balancers have seen it, and hurries when told again', async () => {
    const { policy, key, balance } = await team()
    const stopping = await spawnProxy(world.env({ SHUTDOWN_LISTEN_MS: '60000', SHUTDOWN_GRACE_MS: '60000' }))
    const stream = await askStream(stopping.url, key, says('Hi [[sim:tokens=4000]] [[sim:tps=50]]'))
    await stream.next()
    process.kill(stopping.pid, 'SIGTERM')
    await until(async () => (await fetch(`${stopping.url}/readyz`)).status === 503, { within: 5_000 })
    const late = await ask(stopping.url, key, says('Hi'))
    expect([late.status, late.headers.get('connection')]).toEqual([200, 'close'])

    const ended = stopping.stop({ graceMs: 15_000 })
    expect(chunksOf(await stream.rest()).at(-1)?.error).toMatchObject({ code: 'shutting_down' })
    expect(await ended).toEqual({ code: 0, signal: null })
    expect((await world.usage(policy)).attempts.length).toBe(2)
    expect((await balance())?.held).toBe(0n)
  })
})
