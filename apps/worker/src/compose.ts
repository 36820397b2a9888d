import { hostname } from 'node:os'
import { connectDatabase, type Database } from '@tollkeeper/db/client'
import { recordedEvents, recordUsage } from '@tollkeeper/db/ledger'
import { all as allOrganisations } from '@tollkeeper/db/organisations'
import { ledgerNodes, rollupDrift, save } from '@tollkeeper/db/verification'
import { readBalances } from '@tollkeeper/redis/balances'
import { makeSweeper } from '@tollkeeper/redis/budgets'
import { makeConfirmations } from '@tollkeeper/redis/confirmations'
import { connectRedis, connectRedisPatiently, redisReady } from '@tollkeeper/redis/connection'
import { makePolicyPublisher } from '@tollkeeper/redis/policies'
import { maintenanceQueue, queuePrefix } from '@tollkeeper/redis/queues'
import { allShards, shardOf } from '@tollkeeper/redis/shards'
import { makeUsageReader, type UsageReader } from '@tollkeeper/redis/usage-stream'
import type { Redis } from 'ioredis'
import type { WorkerEnv } from './env.ts'
import { serveHealth } from './health.ts'
import type { Job } from './job.ts'
import {
  carryOver,
  confirmJournals,
  drainUsage,
  openShards,
  publishPolicies,
  repairCounters,
  sweepLeases,
  syncProviderLimits,
  verifyLedger,
} from './jobs/index.ts'
import type { VerifyPorts } from './jobs/verify-ledger.ts'
import { makeLog, observe, type Log, type Observation } from './observe.ts'
import { carryPorts } from './ports/carries.ts'
import { policyPorts } from './ports/policies.ts'
import { limitPorts } from './ports/provider-limits.ts'
import { shardPorts } from './ports/shards.ts'
import { startPulse } from './pulse.ts'
import { startSchedule } from './schedule.ts'

export type RunningWorker = { url: string; stop: () => Promise<void> }

/** Builds the adapters, hands them to the jobs, and starts the schedule and the health endpoint. */
export async function compose(env: WorkerEnv): Promise<RunningWorker> {
  const log = makeLog(env.LOG_LEVEL)
  const db = connectDatabase(env.DATABASE_URL, {
    onIdleError: (error) => log.warn({ err: error.message }, 'postgres connection'),
  })
  // Jobs fail fast and come again; only the queue's own connections wait for Redis.
  const redis = connectRedis(env.REDIS_URL, { name: 'worker', commandTimeoutMs: 10_000 })
  const queueRedis = connectRedisPatiently(env.REDIS_URL, { name: 'worker-queue' })
  const observation = observe(log)
  const reader = makeUsageReader(redis, `${hostname()}-${process.pid}`)
  await redisReady(redis)
  const publisher = makePolicyPublisher(redis)
  const policies = policyPorts(db, publisher, env.CONSOLE_URL ?? null)
  const shards = shardPorts(
    db,
    redis,
    reader,
    async () => {
      await publisher.markIncomplete()
      await policies.publishEverything()
      await policies.markComplete()
    },
    log,
  )

  const { asks, answer } = makeConfirmations(redis)

  const restoring: Job[] = [
    openShards(shards.open, env.OPEN_SHARDS_EVERY_MS),
    repairCounters(shards.repair, env.OPEN_SHARDS_EVERY_MS),
    confirmJournals({ asks, answer, recorded: (ids) => recordedEvents(db.pool, ids) }, env.CONFIRM_EVERY_MS),
  ]
  const jobs: Job[] = [
    publishPolicies(policies, env.PUBLISH_EVERY_MS),
    drainUsage(
      {
        claimStale: () => reader.claimStale(allShards(), env.DRAIN_CLAIM_MS),
        read: () => reader.read(allShards(), 500),
        record: (entries) => recordUsage(db.pool, entries),
        done: reader.done,
      },
      env.DRAIN_EVERY_MS,
    ),
    sweepLeases(
      {
        shards: allShards(),
        isSound: shards.isSound,
        sweep: makeSweeper(redis, { graceMs: env.SWEEP_GRACE_MS }).sweep,
      },
      env.SWEEP_EVERY_MS,
    ),
    syncProviderLimits(limitPorts(db, redis, proxyOf(env)), env.SYNC_LIMITS_EVERY_MS),
    carryOver(carryPorts(db, redis), env.CARRY_OVER_EVERY_MS),
    verifyLedger(verifyPorts(db, redis, reader, observation, log), env.VERIFY_EVERY_MS),
  ]
  const stopSchedule = await startSchedule({
    queue: maintenanceQueue,
    prefix: queuePrefix,
    connection: queueRedis,
    jobs,
    observed: observation.observed,
    log,
  })
  const stopPulse = startPulse(restoring, observation.observed)
  const { server, url } = await serveHealth({
    host: env.WORKER_HOST,
    port: env.WORKER_PORT,
    registry: observation.registry,
    problems: () => problemsOf([...restoring, ...jobs], observation),
  })
  log.info({ url, jobs: [...restoring, ...jobs].map((job) => job.name) }, 'started')
  return {
    url,
    async stop() {
      server.close()
      stopPulse()
      await stopSchedule()
      redis.disconnect()
      queueRedis.disconnect()
      await db.close()
      log.info('stopped')
    },
  }
}

const proxyOf = ({ PROXY_URL, INTERNAL_TOKEN }: WorkerEnv) =>
  PROXY_URL !== undefined && INTERNAL_TOKEN !== undefined ? { url: PROXY_URL, token: INTERNAL_TOKEN } : null

/** Work that everything else waits for. It is late when it last ended well this long ago. */
const vital = ['open-shards', 'publish-policies', 'drain-usage', 'sweep-leases']

function problemsOf(jobs: readonly Job[], { lastSuccess }: Observation): string[] {
  return jobs
    .filter((job) => vital.includes(job.name))
    .filter((job) => Date.now() - (lastSuccess(job.name) ?? 0) > Math.max(30_000, 5 * job.everyMs))
    .map((job) => `${job.name} has not finished well lately`)
}

function verifyPorts(
  { prisma }: Database,
  redis: Redis,
  reader: UsageReader,
  { drift: gauge, rollupDrift: rollupGauge }: Observation,
  log: Log,
): VerifyPorts {
  return {
    organisations: async () => (await allOrganisations(prisma)).map(({ id }) => id),
    async ledger(orgId) {
      const nodes = await ledgerNodes(prisma, orgId, Date.now())
      return new Map(nodes.map(({ nodeId, spent }) => [nodeId, spent]))
    },
    async counters(orgId, nodeIds) {
      const balances = await readBalances(redis, orgId, nodeIds)
      return new Map([...balances].map(([node, { used }]) => [node, used]))
    },
    async drained(orgId) {
      for (let i = 0; i < 100; i += 1) {
        if ((await reader.lag([shardOf(orgId)])).entries === 0) return true
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      return false
    },
    rollupDrift: (orgId) => rollupDrift(prisma, orgId),
    save: (orgId, checked, drift) => save(prisma, orgId, { at: new Date(), checked, drift: [...drift] }),
    report(orgId, { drift, rollups }) {
      gauge.set({ org: orgId }, drift.length)
      rollupGauge.set({ org: orgId }, rollups)
      for (const { node, counterNano, ledgerNano } of drift) {
        log.error({ org: orgId, node, counterNano: String(counterNano), ledgerNano: String(ledgerNano) }, 'drift')
      }
      if (rollups > 0) log.error({ org: orgId, rollups }, 'roll-ups differ from the ledger')
    },
  }
}
