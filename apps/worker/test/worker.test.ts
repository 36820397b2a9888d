import { unproven } from '@tollkeeper/db/ledger'
import { update as updateOrganisation } from '@tollkeeper/db/organisations'
import { latest } from '@tollkeeper/db/verification'
import { revoke } from '@tollkeeper/db/keys'
import { readBalances } from '@tollkeeper/redis/balances'
import { makeConfirmations } from '@tollkeeper/redis/confirmations'
import { connectRedisPatiently } from '@tollkeeper/redis/connection'
import { makePolicyReader } from '@tollkeeper/redis/policies'
import { makeUsageReader } from '@tollkeeper/redis/usage-stream'
import { shardOf } from '@tollkeeper/redis/shards'
import { disposablePostgres, type DisposablePostgres } from '@tollkeeper/testbed/postgres'
import { spawnProcess, until, type SpawnedProcess } from '@tollkeeper/testbed/processes'
import { disposableRedis, type DisposableRedis } from '@tollkeeper/testbed/redis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { spendingOrganisation, type Spending } from './spending-organisation.ts'
import { sumsOf } from './sums.ts'
import { startWorker } from './worker-process.ts'

let postgres: DisposablePostgres
let redisServer: DisposableRedis
let stores: { postgres: string; redis: string }
const workers: SpawnedProcess[] = []
const organisations: Spending[] = []

beforeEach(async () => {
  postgres = await disposablePostgres()
  redisServer = await disposableRedis({ fsync: 'always' })
  stores = { postgres: postgres.url, redis: redisServer.url }
})

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop()))
  await Promise.all(organisations.splice(0).map((organisation) => organisation.stop()))
  await redisServer.stop()
  await postgres.stop()
})

async function worker(env?: Record<string, string>): Promise<SpawnedProcess> {
  const started = await startWorker(stores, env)
  workers.push(started)
  return started
}

async function organisation(options: { limit: bigint; leaseMs?: number }): Promise<Spending> {
  const made = await spendingOrganisation(stores, options)
  organisations.push(made)
  return made
}

async function balanceOf({ redis, orgId, node }: Spending) {
  const { id } = node()
  return (await readBalances(redis, orgId, [id])).get(id)
}

describe('the worker', () => {
  it('records 200 charges of $0.00001 as 200 ledger rows and $0.002 on the chart', async () => {
    const acme = await organisation({ limit: 1_000_000_000n })
    await worker()
    for (let i = 0; i < 10; i += 1) await Promise.all(Array.from({ length: 20 }, () => acme.spend(10_000n)))
    const sums = await until(async () => ((await sumsOf(acme)).rows >= 200 ? sumsOf(acme) : undefined), {
      within: 20_000,
    })
    expect(sums).toEqual({ rows: 200, amount: 2_000_000n, hours: 2_000_000n })
    expect(await balanceOf(acme)).toEqual({ used: 2_000_000n, held: 0n, limit: 1_000_000_000n })
  })

  it('tells a proxy which charges of its journal are in the ledger, and which are not', async () => {
    const acme = await organisation({ limit: 1_000_000_000n })
    await worker()
    const attemptId = await acme.hold(10_000n)
    await acme.settle(attemptId, 10_000n)
    await until(async () => (await sumsOf(acme)).rows === 1, { within: 10_000 })
    const redis = connectRedisPatiently(stores.redis)
    const { ask, answerTo } = makeConfirmations(redis)
    const question = { instance: 'proxy-1', eventIds: [`${attemptId}:final`, `${attemptId}:correction`, 'other:final'] }
    await ask(question)
    const found = await until(() => answerTo(question), { within: 10_000 })
    expect([...found]).toEqual([`${attemptId}:final`])
    redis.disconnect()
  })

  it('loses no row and doubles none when it is killed while it drains, and another one takes over', async () => {
    const acme = await organisation({ limit: 1_000_000_000_000n })
    const first = await worker({ DRAIN_EVERY_MS: '60000' })
    for (let i = 0; i < 40; i += 1) await Promise.all(Array.from({ length: 50 }, () => acme.spend(1_000n)))
    await first.stop()
    // Started afresh, it drains at once; it is killed as soon as the first rows are there.
    const second = await worker({ DRAIN_EVERY_MS: '50' })
    await until(async () => (await sumsOf(acme)).rows > 0, { within: 20_000, every: 1 })
    await second.kill9()
    await worker()
    const sums = await until(async () => ((await sumsOf(acme)).rows >= 2_000 ? sumsOf(acme) : undefined), {
      within: 40_000,
    })
    expect(sums).toEqual({ rows: 2_000, amount: 2_000_000n, hours: 2_000_000n })
    const left = makeUsageReader(acme.redis, 'test')
    await until(async () => (await left.lag([shardOf(acme.orgId)])).entries === 0, { within: 20_000 })
  })

  it('charges the whole hold of a proxy that died, provisionally, and corrects it when the proxy comes back', async () => {
    const acme = await organisation({ limit: 1_000_000_000n, leaseMs: 300 })
    await worker()
    const attempt = await acme.hold(500_000n)
    await until(async () => (await balanceOf(acme))?.held === 0n, { within: 20_000, what: 'the lease to be swept' })
    expect(await balanceOf(acme)).toMatchObject({ used: 500_000n, held: 0n })

    expect(await acme.settle(attempt, 120_000n)).toBe('corrected')
    expect(await balanceOf(acme)).toMatchObject({ used: 120_000n, held: 0n })
    const sums = await until(async () => ((await sumsOf(acme)).rows === 2 ? sumsOf(acme) : undefined), {
      within: 20_000,
    })
    expect(sums).toEqual({ rows: 2, amount: 120_000n, hours: 120_000n })
  })

  it('takes a charge back that nobody could prove to what it was at least, once, and leaves it where the organisation wants it in full', async () => {
    const acme = await organisation({ limit: 1_000_000_000n, leaseMs: 300 })
    const strict = await organisation({ limit: 1_000_000_000n, leaseMs: 300 })
    await updateOrganisation(strict.db.prisma, strict.orgId, { provisionalRule: 'full' })
    await worker({ RESOLVE_EVERY_MS: '100', EVIDENCE_WAIT_MS: '0' })
    const attempt = await acme.hold(500_000n)
    const running = await acme.hold(400_000n)
    await acme.budgets.surrender({
      orgId: acme.orgId,
      attemptId: running,
      nodes: [acme.node()],
      // A stream that had come so far when its proxy was killed.
      least: 50_000n,
      result: { outcome: 'unknown', usageSource: 'held', tokens: {}, status: null },
    })
    await strict.hold(300_000n)
    const sums = await until(async () => ((await sumsOf(acme)).rows === 4 ? sumsOf(acme) : undefined), {
      within: 20_000,
      what: 'the corrections',
    })
    expect(sums).toEqual({ rows: 4, amount: 50_000n, hours: 50_000n })
    expect(await balanceOf(acme)).toMatchObject({ used: 50_000n, held: 0n })
    // What the proxy tells afterwards comes too late, and a second correction cannot be.
    expect(await acme.settle(attempt, 120_000n)).toBe('duplicate')
    await until(async () => (await sumsOf(strict)).rows === 1, { within: 20_000 })
    expect(await balanceOf(strict)).toMatchObject({ used: 300_000n, held: 0n })
    expect(await unproven(strict.db.prisma, { from: 0, to: Date.now() + 60_000 })).toEqual([])
  })

  it('publishes a revoked key although whoever revoked it died before publishing', async () => {
    const acme = await organisation({ limit: 1_000_000_000n })
    await worker()
    const subscriber = connectRedisPatiently(stores.redis)
    const policies = makePolicyReader(acme.redis, subscriber)
    await until(async () => (await policies.key(acme.publicId))?.status === 'active', { within: 20_000 })
    await revoke(acme.db.prisma, acme.orgId, acme.keyId)
    await until(async () => (await policies.key(acme.publicId))?.status === 'revoked', { within: 20_000 })
    expect(await policies.isComplete()).toBe(true)
    subscriber.disconnect()
  })

  it('opens an emptied Redis with what the ledger says was spent, and publishes every policy again', async () => {
    const acme = await organisation({ limit: 1_000_000n })
    await worker()
    await acme.spend(600_000n)
    await until(async () => (await sumsOf(acme)).rows === 1, { within: 20_000 })
    await acme.redis.flushall()
    await expect(acme.hold(600_000n)).rejects.toThrow(/"reason":"over"/)
    expect(await balanceOf(acme)).toMatchObject({ used: 600_000n, held: 0n })
    const subscriber = connectRedisPatiently(stores.redis)
    const policies = makePolicyReader(acme.redis, subscriber)
    await until(async () => (await policies.org(acme.orgId)) !== null, { within: 20_000 })
    subscriber.disconnect()
  })

  it('goes on by itself after Redis was killed and started again', async () => {
    const acme = await organisation({ limit: 1_000_000_000n })
    await worker()
    await acme.spend(1_000n)
    await redisServer.kill9()
    await redisServer.restart()
    await until(async () => (await acme.redis.ping()) === 'PONG', { within: 20_000 })
    await acme.spend(2_000n)
    const sums = await until(async () => ((await sumsOf(acme)).rows === 2 ? sumsOf(acme) : undefined), {
      within: 40_000,
    })
    expect(sums).toEqual({ rows: 2, amount: 3_000n, hours: 3_000n })
  })

  it('finds that counters and ledger agree, and names the counter when somebody changes one', async () => {
    const acme = await organisation({ limit: 1_000_000_000n })
    await worker()
    await acme.spend(700n)
    const { id } = acme.node()
    const agreed = await until(
      async () => {
        const found = await latest(acme.db.prisma, acme.orgId)
        return found && (await sumsOf(acme)).rows === 1 && found.checked === 1 ? found : undefined
      },
      { within: 20_000 },
    )
    expect(agreed.drift).toEqual([])
    const [counter] = await acme.redis.keys(`b:*${id}`)
    await acme.redis.hincrby(counter!, 'used', 5)
    const drift = await until(
      async () => {
        const found = await latest(acme.db.prisma, acme.orgId)
        return found && found.drift.length > 0 ? found.drift : undefined
      },
      { within: 20_000 },
    )
    expect(drift).toEqual([{ node: id, counterNano: 705n, ledgerNano: 700n }])
  })

  it('sets an unreadable entry aside and records the ones around it', async () => {
    const acme = await organisation({ limit: 1_000_000_000n })
    await worker()
    await acme.spend(1n)
    const [stream] = await acme.redis.keys(`us:{${shardOf(acme.orgId)}}`)
    await acme.redis.xadd(stream!, '*', 't', 'attempt', 'id', 'nonsense', 'amount', '1e3')
    await acme.spend(2n)
    await until(async () => (await sumsOf(acme)).rows === 2, { within: 20_000 })
    const { rows } = await acme.db.pool.query<{ count: number }>('SELECT count(*)::int AS count FROM usage_dead')
    expect(rows[0]?.count).toBe(1)
  })

  it('refuses to start with a wrong environment and names every problem', async () => {
    await expect(
      spawnProcess({
        name: 'worker',
        command: process.execPath,
        args: [new URL('../src/main.ts', import.meta.url).pathname],
        env: { DATABASE_URL: 'mysql://x', REDIS_URL: undefined, WORKER_PORT: 'many' },
        ready: /"listening"/,
      }),
    ).rejects.toThrow(/DATABASE_URL[^]*REDIS_URL[^]*WORKER_PORT/)
  })
})

describe('the usage streams', () => {
  it('are told to be behind when an entry waits for more than a minute, and no more once it is recorded', async () => {
    const acme = await organisation({ limit: 1_000_000n })
    const stream = `us:{${shardOf(acme.orgId)}}`
    await acme.redis.xadd(stream, `${Date.now() - 185_000}-0`, 't', 'attempt', 'id', 'late')
    const late = await worker({ WATCH_EVERY_MS: '100', DRAIN_EVERY_MS: '86400000', OPEN_SHARDS_EVERY_MS: '86400000' })
    const [url] = /http:\/\/[\d.:]+/.exec(late.output()) ?? []
    const gauge = async (name: string) => {
      const text = await (await fetch(`${url}/metrics`)).text()
      return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1])
    }
    // What waited when the worker began is recorded at its start; this comes later, under the time of its sender.
    await until(async () => (await acme.redis.xlen(stream)) === 0, { within: 20_000, what: 'the first to be recorded' })
    await acme.redis.del(stream)
    await acme.redis.xadd(stream, `${Date.now() - 185_000}-0`, 't', 'attempt', 'id', 'late')
    await until(() => late.output().includes('recording is behind'), { within: 20_000, what: 'the alarm' })
    expect(await gauge('gateway_usage_backlog_entries')).toBe(1)
    expect(await gauge('gateway_usage_backlog_seconds')).toBeGreaterThanOrEqual(180)
    expect(await gauge('gateway_store_evicting')).toBe(0)
    await acme.redis.del(stream)
    await until(() => late.output().includes('recording has caught up'), { within: 20_000, what: 'the all-clear' })
  })

  it('are in danger in a store that throws data away when it is full, which the worker says at once', async () => {
    const acme = await organisation({ limit: 1_000_000n })
    await acme.redis.config('SET', 'maxmemory', '100mb')
    await acme.redis.config('SET', 'maxmemory-policy', 'allkeys-lru')
    const warned = await worker({ WATCH_EVERY_MS: '100' })
    await until(() => warned.output().includes('set maxmemory-policy noeviction'), {
      within: 20_000,
      what: 'the warning',
    })
    expect(warned.output()).toContain('"policy":"allkeys-lru"')
  })
})
