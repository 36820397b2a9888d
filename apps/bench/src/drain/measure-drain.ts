import { fileURLToPath } from 'node:url'
import { connectRedis, redisReady } from '@tollkeeper/redis/connection'
import { makeUsageReader } from '@tollkeeper/redis/usage-stream'
import { disposablePostgres } from '@tollkeeper/testbed/postgres'
import { spawnProcess, until } from '@tollkeeper/testbed/processes'
import { disposableRedis } from '@tollkeeper/testbed/redis'
import { spreadOf, type Spread } from '../measure/numbers.ts'
import { fillStreams } from './fill-streams.ts'

export type DrainResult = {
  /** Charges that a worker moved from the streams into the ledger, per second. */
  perSecond: Spread
  rounds: number
  /** Charges in a round. */
  events: number
  goal: number
}

const goal = 5_000
const organisations = 20
const worker = fileURLToPath(new URL('../../../worker/src/main.ts', import.meta.url))

/**
 * How fast one worker drains: charges wait in the streams of 20 organisations, each on six budgets, and a real worker
 * process moves them into an empty Postgres with hash chain and hourly sums. Counted from the first row to the last.
 */
export async function measureDrain(quick: boolean): Promise<DrainResult> {
  const [rounds, events] = quick ? [1, 5_000] : [3, 30_000]
  const rates: number[] = []
  for (let round = 0; round < rounds; round += 1) rates.push(await oneRound(events))
  return { perSecond: spreadOf(rates), rounds, events, goal }
}

async function oneRound(events: number): Promise<number> {
  const [postgres, redis] = await Promise.all([disposablePostgres(), disposableRedis({ fsync: 'always' })])
  const client = connectRedis(redis.url, { name: 'bench-drain', commandTimeoutMs: 60_000 })
  try {
    await redisReady(client)
    await fillStreams(client, organisations, events)
    const child = await spawnProcess({
      name: 'worker',
      command: process.execPath,
      args: [worker],
      env: {
        NODE_ENV: 'production',
        DATABASE_URL: postgres.url,
        REDIS_URL: redis.url,
        WORKER_PORT: '0',
        DRAIN_EVERY_MS: '50',
        LOG_LEVEL: 'warn',
      },
      ready: /"listening"/,
    })
    try {
      return await rateOf(client, events)
    } finally {
      await child.stop()
    }
  } finally {
    client.disconnect()
    await Promise.all([postgres.stop(), redis.stop()])
  }
}

/** Entries a second between two looks: the first after the worker began, the last when none is left. */
async function rateOf(redis: ReturnType<typeof connectRedis>, events: number): Promise<number> {
  const reader = makeUsageReader(redis, 'bench')
  const left = async () => (await reader.lag()).entries
  const begun = await until(
    async () => ((await left()) < events ? { left: await left(), at: performance.now() } : null),
    {
      within: 60_000,
      every: 5,
      what: 'the worker to begin',
    },
  )
  await until(async () => (await left()) === 0, { within: 120_000, every: 50, what: 'the streams to be empty' })
  return begun.left / ((performance.now() - begun.at) / 1_000)
}
