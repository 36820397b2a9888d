import { hostname } from 'node:os'
import { connectDatabase, type Database } from '@tollkeeper/db/client'
import { recordedEvents, recordUsage, unproven } from '@tollkeeper/db/ledger'
import { all as allOrganisations } from '@tollkeeper/db/organisations'
import { checks, entriesPutAside, save } from '@tollkeeper/db/verification'
import { makeBudgets, makeSweeper } from '@tollkeeper/redis/budgets'
import { makeConfirmations } from '@tollkeeper/redis/confirmations'
import { connectRedis, connectRedisPatiently, redisReady } from '@tollkeeper/redis/connection'
import { makePolicyPublisher } from '@tollkeeper/redis/policies'
import { maintenanceQueue, queuePrefix } from '@tollkeeper/redis/queues'
import { allShards, shardOf } from '@tollkeeper/redis/shards'
import { makeUsageReader } from '@tollkeeper/redis/usage-stream'
import type { AttemptId, OrgId } from '@tollkeeper/domain/id'
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
  rerateUsage,
  resolveProvisional,
  sweepLeases,
  syncProviderLimits,
  verifyLedger,
  watchStreams,
} from './jobs/index.ts'
import type { VerifyPorts } from './jobs/verify-ledger.ts'
import { makeLog, observe, type Log, type Observation } from './observe.ts'
import { carryPorts } from './ports/carries.ts'
import { policyPorts } from './ports/policies.ts'
import { limitPorts } from './ports/provider-limits.ts'
import { reratingPorts } from './ports/reratings.ts'
import { shardPorts } from './ports/shards.ts'
import { streamPorts } from './ports/streams.ts'
import { startPulse } from './pulse.ts'
import { startSchedule } from './schedule.ts'
import { verificationPorts } from './verification/ports.ts'
import { verifyOrganisation } from './verification/verify-organisation.ts'

export type RunningWorker = { url: string; stop: () => Promise<void> }

/** Builds the adapters, hands them to the jobs, and starts the schedule and the health endpoint. */
export async function compose(env: WorkerEnv): Promise<RunningWorker> {
  const log = makeLog(env.LOG_LEVEL)
  const db = connectDatabase(env.DATABASE_URL, {
    onIdleError: (error) => log.warn({ err: error.message }, 'postgres connection'),
  })
  // Recording gives up on a Postgres that is slow or gone and comes again: entries wait in their streams. Verifying may
  // take longer, hence two pools.
  const ledger = connectDatabase(env.DATABASE_URL, {
    maxConnections: 3,
    statementTimeoutMs: env.STATEMENT_TIMEOUT_MS,
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
  // What it is known to have cost at least: who knew more would have corrected the charge. It is held by nobody any more,
  // so the lease means nothing here.
  const budgets = makeBudgets(redis, { leaseMs: 1 })
  const { settle, leastOf } = budgets
  const settleUnproven = async (orgId: OrgId, attemptId: AttemptId) =>
    settle({
      orgId,
      attemptId,
      amount: await leastOf(orgId, attemptId),
      tokens: 0,
      // The hold knows its own counters.
      nodes: [],
      rates: [],
      result: { outcome: 'unknown', usageSource: 'estimated', tokens: {}, status: null },
    })

  const restoring: Job[] = [
    openShards(shards.open, env.OPEN_SHARDS_EVERY_MS),
    repairCounters(shards.repair, env.OPEN_SHARDS_EVERY_MS),
    confirmJournals({ asks, answer, recorded: (ids) => recordedEvents(db.pool, ids) }, env.CONFIRM_EVERY_MS),
    publishPolicies(policies, env.PUBLISH_EVERY_MS),
    drainUsage(
      {
        claimStale: () => reader.claimStale(allShards(), env.DRAIN_CLAIM_MS),
        read: () => reader.read(allShards(), 500),
        record: (entries) => recordUsage(ledger.pool, entries),
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
    watchStreams(streamPorts(redis, observation, { entries: env.BACKLOG_ALARM_ENTRIES, log }), env.WATCH_EVERY_MS),
  ]
  const jobs: Job[] = [
    syncProviderLimits(limitPorts(db, redis, proxyOf(env)), env.SYNC_LIMITS_EVERY_MS),
    carryOver(carryPorts(db, redis), env.CARRY_OVER_EVERY_MS),
    resolveProvisional(
      {
        unproven: () =>
          unproven(db.prisma, { from: Date.now() - orphansLiveMs, to: Date.now() - env.EVIDENCE_WAIT_MS }),
        correct: async ({ orgId, attemptId }) => (await settleUnproven(orgId, attemptId)).kind === 'corrected',
      },
      env.RESOLVE_EVERY_MS,
    ),
    rerateUsage(
      reratingPorts(db, budgets, (orgId) => shards.repair.drain([shardOf(orgId)]), log),
      env.RERATE_EVERY_MS,
    ),
    verifyLedger(verifyPorts(db, redis, observation, log), env.VERIFY_EVERY_MS),
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
      await Promise.all([db.close(), ledger.close()])
      log.info('stopped')
    },
  }
}

const proxyOf = ({ PROXY_URL, INTERNAL_TOKEN }: WorkerEnv) =>
  PROXY_URL !== undefined && INTERNAL_TOKEN !== undefined ? { url: PROXY_URL, token: INTERNAL_TOKEN } : null

/** The store forgets a charged orphan after 7 days (packages/redis); until then it can be corrected. */
const orphansLiveMs = 7 * 86_400_000

/** Work that everything else waits for. It is late when it last ended well this long ago. */
const vital = ['open-shards', 'publish-policies', 'drain-usage', 'sweep-leases']

function problemsOf(jobs: readonly Job[], { lastSuccess }: Observation): string[] {
  return jobs
    .filter((job) => vital.includes(job.name))
    .filter((job) => Date.now() - (lastSuccess(job.name) ?? 0) > Math.max(30_000, 5 * job.everyMs))
    .map((job) => `${job.name} has not finished well lately`)
}

function verifyPorts(db: Database, redis: Redis, observation: Observation, log: Log): VerifyPorts {
  const { prisma } = db
  const ports = verificationPorts(db, redis)
  return {
    organisations: async () => (await allOrganisations(prisma)).map(({ id }) => id),
    // Older rows were verified when they were younger; `npm run verify` reads them all.
    verify: (orgId) => verifyOrganisation(ports, orgId, new Date(Date.now() - recentMs)),
    save: (orgId, { checked, drift, findings }) => save(prisma, orgId, { at: new Date(), checked, drift, findings }),
    report(orgId, { drift, findings }) {
      observation.drift.set({ org: orgId }, drift.length)
      for (const check of checks) {
        const some = findings.filter((finding) => finding.check === check)
        observation.findings.set({ org: orgId, check }, some.length)
      }
      for (const finding of findings) log.error({ org: orgId, ...finding }, 'differs')
    },
    async putAside() {
      const count = await entriesPutAside(prisma)
      observation.putAside.set(count)
      return count
    },
  }
}

const recentMs = 2 * 86_400_000
