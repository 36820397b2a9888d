import process from 'node:process'
import { makeUsageReader } from '@tollkeeper/redis/usage-stream'
import { shardOf } from '@tollkeeper/redis/shards'
import { disposablePostgres, type DisposablePostgres } from '@tollkeeper/testbed/postgres'
import { until, type SpawnedProcess } from '@tollkeeper/testbed/processes'
import { disposableRedis, type DisposableRedis } from '@tollkeeper/testbed/redis'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { spendingOrganisation, type Spending } from './spending-organisation.ts'
import { sumsOf } from './sums.ts'
import { openTap, type Step, type Tap } from './tap.ts'
import { startWorker } from './worker-process.ts'

let stores: { postgres: DisposablePostgres; redis: DisposableRedis }
let acme: Spending
let charges: number
const workers: Tapped[] = []

/** A worker with lines of its own to the stores. */
type Tapped = { process: SpawnedProcess; postgres: Tap; redis: Tap }

async function tappedWorker(): Promise<Tapped> {
  const taps = { postgres: await openTap(stores.postgres.url), redis: await openTap(stores.redis.url) }
  const addresses = { postgres: taps.postgres.url, redis: taps.redis.url }
  // Gives up the statement of one that stands still in a transaction after half a second.
  const started = { process: await startWorker(addresses, { STATEMENT_TIMEOUT_MS: '500' }), ...taps }
  workers.push(started)
  return started
}

beforeEach(async () => {
  stores = { postgres: await disposablePostgres(), redis: await disposableRedis({ fsync: 'always' }) }
  acme = await spendingOrganisation(
    { postgres: stores.postgres.url, redis: stores.redis.url },
    { limit: 1_000_000_000n },
  )
  charges = 0
})

afterEach(async () => {
  for (const worker of workers.splice(0)) {
    await worker.process.kill9()
    await worker.process.stop()
    await Promise.all([worker.postgres.close(), worker.redis.close()])
  }
  await acme.stop()
  await stores.redis.stop()
  await stores.postgres.stop()
})

const inserts = /INSERT INTO ledger_entry/
const steps: [string, 'postgres' | 'redis', Step][] = [
  ['has read, and written nothing', 'postgres', { sent: /BEGIN; SELECT set_config/, hold: 'request' }],
  ['has inserted, and not committed', 'postgres', { after: inserts, sent: /COMMIT/, hold: 'request' }],
  ['has committed, and was not told', 'postgres', { after: inserts, sent: /COMMIT/, hold: 'reply' }],
  ['was told, and has not acknowledged', 'redis', { sent: /\r\nxack\r\n/i, hold: 'request' }],
  ['has acknowledged, and was not told', 'redis', { sent: /\r\nxack\r\n/i, hold: 'reply' }],
]

async function spend(count: number): Promise<void> {
  charges += count
  await Promise.all(Array.from({ length: count }, () => acme.spend(1_000n)))
}

/** Waits for all charges, recorded once each and off the stream. */
async function allRecorded(): Promise<void> {
  const reader = makeUsageReader(acme.redis, 'test')
  await until(
    async () => (await sumsOf(acme)).rows >= charges && (await reader.lag([shardOf(acme.orgId)])).entries === 0,
    { within: 60_000, what: `${charges} charges to be recorded` },
  )
  const amount = BigInt(charges) * 1_000n
  expect(await sumsOf(acme)).toEqual({ rows: charges, amount, hours: amount })
}

const signal = (worker: Tapped, name: 'SIGSTOP' | 'SIGCONT') => process.kill(worker.process.pid, name)

/** Spends while only that worker runs, until it stands still at the step. */
async function untilStill(worker: Tapped, [, store, step]: (typeof steps)[number]): Promise<void> {
  const still = worker[store].standStillAt(step)
  await spend(50)
  await still
}

it('records each of 250 charges once though a worker is killed at every point between reading and acknowledging', async () => {
  const other = await tappedWorker()
  await spend(1)
  await allRecorded()
  for (const step of steps) {
    const victim = await tappedWorker()
    signal(other, 'SIGSTOP')
    await untilStill(victim, step)
    await victim.process.kill9()
    signal(other, 'SIGCONT')
    await allRecorded()
  }
}, 300_000)

it('records each of 250 charges once though a worker stands still at every such point for longer than its entries are left to it', async () => {
  const [other, sleeper] = [await tappedWorker(), await tappedWorker()]
  await spend(1)
  await allRecorded()
  for (const step of steps) {
    signal(other, 'SIGSTOP')
    await untilStill(sleeper, step)
    signal(sleeper, 'SIGSTOP')
    signal(other, 'SIGCONT')
    await allRecorded()
    signal(sleeper, 'SIGCONT')
    sleeper.postgres.letGo()
    sleeper.redis.letGo()
    // It comes to its senses by itself: it records what comes next, alone.
    signal(other, 'SIGSTOP')
    await spend(1)
    await allRecorded()
    signal(other, 'SIGCONT')
  }
}, 300_000)
