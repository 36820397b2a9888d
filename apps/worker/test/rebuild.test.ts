import { readBalances } from '@tollkeeper/redis/balances'
import { shardOf } from '@tollkeeper/redis/shards'
import { disposablePostgres, type DisposablePostgres } from '@tollkeeper/testbed/postgres'
import { until, type SpawnedProcess } from '@tollkeeper/testbed/processes'
import { disposableRedis, type DisposableRedis } from '@tollkeeper/testbed/redis'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { aLivingProxy } from './living-proxy.ts'
import { spendingOrganisation, type Spending } from './spending-organisation.ts'
import { startWorker } from './worker-process.ts'

let postgres: DisposablePostgres
let server: DisposableRedis
let stores: { postgres: string; redis: string }
let acme: Spending
const workers: SpawnedProcess[] = []
const proxies: ReturnType<typeof aLivingProxy>[] = []

beforeEach(async () => {
  postgres = await disposablePostgres()
  server = await disposableRedis({ fsync: 'always' })
  stores = { postgres: postgres.url, redis: server.url }
  acme = await spendingOrganisation(stores, { limit: 1_000_000n })
})

afterEach(async () => {
  for (const proxy of proxies.splice(0)) proxy.die()
  await Promise.all(workers.splice(0).map((worker) => worker.stop()))
  await acme.stop()
  await server.stop()
  await postgres.stop()
})

const worker = async (env?: Record<string, string>) => void workers.push(await startWorker(stores, env))
const livingProxy = () => {
  const proxy = aLivingProxy(acme.redis, 'proxy-1')
  proxies.push(proxy)
  return proxy
}

const kindsAndAmounts = async (): Promise<string[]> => {
  const { rows } = await acme.db.pool.query<{ text: string }>(
    "SELECT kind || ' ' || amount_nano AS text FROM ledger_entry WHERE org_id = $1 ORDER BY recorded_at, amount_nano",
    [acme.orgId],
  )
  return rows.map(({ text }) => text)
}
const untilLedger = (rows: readonly string[]) =>
  until(async () => JSON.stringify((await kindsAndAmounts()).toSorted()) === JSON.stringify(rows.toSorted()), {
    within: 30_000,
    what: `the ledger to be ${rows.join(', ')}`,
  }).catch(async (error: unknown) => {
    throw new Error(`The ledger is ${(await kindsAndAmounts()).join(', ')}`, { cause: error })
  })

async function balance() {
  const { id } = acme.node()
  const found = (await readBalances(acme.redis, acme.orgId, [id])).get(id)
  return found && { used: found.used, held: found.held }
}
const epochNow = async () => {
  const { rows } = await acme.db.pool.query<{ epoch: number }>('SELECT max(epoch) AS epoch FROM shard_epoch')
  return rows[0]?.epoch
}

/** A store that goes back to before this is known for it, even when no proxy says so. */
const untilNoted = () =>
  until(
    async () => {
      const shard = shardOf(acme.orgId)
      const { rows } = await acme.db.pool.query<{ seen: string }>(
        'SELECT seen_seq::text AS seen FROM shard_epoch WHERE shard = $1',
        [shard],
      )
      return rows[0]?.seen === (await acme.redis.get(`sq:{${shard}}`))
    },
    { within: 30_000, what: 'the sequence to be noted' },
  )

it('spends nothing twice after an old copy was put back: what was used is in the ledger, what is held its proxy tells', async () => {
  await worker()
  const proxy = livingProxy()
  const settledSince = await acme.hold(50_000n)
  await acme.spend(250_000n)
  await untilLedger(['final 250000'])
  const old = await server.copy()
  // None of this is in the copy; there, the first hold is still open.
  await acme.settle(settledSince, 40_000n)
  await acme.spend(500_000n)
  const running = await acme.hold(100_000n)
  proxy.open.set(running, acme.asked(running))
  await untilLedger(['final 250000', 'final 40000', 'final 500000'])
  await untilNoted()

  await old.putBack()
  // 790,000 are used and 100,000 held; the copy knows of 250,000 and 50,000 only.
  await expect(acme.hold(200_000n)).rejects.toThrow(/"reason":"held","node":0,"used":"790000","held":"100000"/)
  expect(await acme.settle(running, 60_000n)).toBe('settled')
  await untilLedger(['final 250000', 'final 40000', 'final 500000', 'final 60000'])
  expect(await balance()).toEqual({ used: 850_000n, held: 0n })
  expect(await acme.settle(settledSince, 40_000n)).toBe('duplicate')
  expect(await balance()).toEqual({ used: 850_000n, held: 0n })
})

it('charges a hold that a copy brings back and no proxy knows, provisionally and once', async () => {
  await worker()
  const abandoned = await acme.hold(70_000n)
  await acme.spend(1_000n)
  await untilLedger(['final 1000'])
  const old = await server.copy()
  await acme.spend(2_000n)
  await untilLedger(['final 1000', 'final 2000'])
  await untilNoted()
  await old.putBack()
  await untilLedger(['final 1000', 'final 2000', 'provisional 70000'])
  await until(async () => (await balance())?.used === 73_000n, { within: 20_000 })
  expect(await balance()).toEqual({ used: 73_000n, held: 0n })
  // Its proxy was only cut off, and comes back.
  expect(await until(() => acme.settle(abandoned, 30_000n).catch(() => undefined), { within: 20_000 })).toBe(
    'corrected',
  )
  await untilLedger(['final 1000', 'final 2000', 'provisional 70000', 'correction -40000'])
  expect(await balance()).toEqual({ used: 33_000n, held: 0n })
})

it('counts what is held again in a store that came back empty', async () => {
  await worker()
  const proxy = livingProxy()
  const running = await acme.hold(400_000n)
  proxy.open.set(running, acme.asked(running))
  await acme.spend(300_000n)
  await untilLedger(['final 300000'])
  await server.restartEmpty()
  await expect(acme.hold(300_001n)).rejects.toThrow(/"reason":"held","node":0,"used":"300000","held":"400000"/)
  expect(await acme.settle(running, 1_000n)).toBe('settled')
  await untilLedger(['final 300000', 'final 1000'])
  expect(await balance()).toEqual({ used: 301_000n, held: 0n })
})

it('rebuilds once when two workers find the same loss', async () => {
  await Promise.all([worker(), worker()])
  await acme.spend(300_000n)
  await untilLedger(['final 300000'])
  expect(await epochNow()).toBe(1)
  await acme.redis.flushall()
  await expect(acme.hold(700_001n)).rejects.toThrow(/"reason":"over"/)
  expect(await epochNow()).toBe(2)
  expect(await balance()).toEqual({ used: 300_000n, held: 0n })
})

it('puts a single lost counter back with what is used and held, while the shard stays open', async () => {
  await worker()
  await acme.spend(300_000n)
  const running = await acme.hold(100_000n)
  const [counter] = await acme.redis.keys(`b:*${acme.node().id}`)
  await acme.redis.del(counter!)
  await expect(acme.hold(650_000n)).rejects.toThrow(/"reason":"held","node":0,"used":"300000","held":"100000"/)
  expect(await acme.settle(running, 20_000n)).toBe('settled')
  expect(await balance()).toEqual({ used: 320_000n, held: 0n })
  expect(await epochNow()).toBe(1)
})
