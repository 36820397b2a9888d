import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { connectDatabase, type Database } from '@tollkeeper/db/client'
import { connectRedis, redisReady } from '@tollkeeper/redis/connection'
import { testCredentialKeys, testPeppersText } from '@tollkeeper/testbed/builders'
import { freePort } from '@tollkeeper/testbed/processes'
import { migrate, startTestPostgres, type PostgresForTests } from '@tollkeeper/testbed/postgres'
import { disposableRedis, type DisposableRedis } from '@tollkeeper/testbed/redis'
import type { Redis } from 'ioredis'
import type { Chance } from '../chance.ts'
import { openLink, type Link } from '../link/link.ts'
import { makeMovableClock, type MovableClock } from './clock/movable-clock.ts'
import { startMachine, type Machine } from './machine.ts'
import { provider, root } from './provider.ts'
import { mountSmallDisk, type SmallDisk } from './small-disk.ts'

/** A proxy with the links around it. */
export type ProxySeat = { machine: Machine; client: Link; redis: Link }
/** A worker with the links around it. */
export type WorkerSeat = { machine: Machine; redis: Link; postgres: Link }

/** The whole product as real processes, two of everything that may be several, with a link on every way between them. */
export type Plant = {
  folder: string
  postgres: PostgresForTests
  redis: DisposableRedis
  simulator: Machine
  upstream: Link
  proxies: ProxySeat[]
  workers: WorkerSeat[]
  /** What the checker reads with: no fault touches its ways to the stores. */
  db: Database
  store: Redis
  /** As far as the fault wished for them. */
  redisClock: MovableClock | null
  postgresClock: MovableClock | null
  /** Of the whole product; null where it has this machine's. */
  calendar: MovableClock | null
  disk: SmallDisk | null
  /** Every way to Redis leads to another server from now on; open connections are reset. */
  moveRedis: (port: number) => void
  links: () => Link[]
  machines: () => Machine[]
  /** One more worker beside the others. */
  addWorker: (env?: Record<string, string>, release?: string) => Promise<WorkerSeat>
  /** A proxy like the first two, with another environment; `release` is the folder of another checkout. */
  addProxy: (env?: Record<string, string>, preload?: string, release?: string) => Promise<ProxySeat>
  /** Stops something as well that a fault started. */
  alsoStop: (each: { stop(): Promise<unknown> }) => void
  stop: () => Promise<void>
}

/** What a plant has beside the usual. */
export type PlantWish = {
  /** The clocks of both stores can be moved. */
  movableClocks?: true
  /** Every process of the product has the same clock, which can be moved, and is at this time when it starts. */
  calendarFrom?: number
  /** Postgres, or the journal of the first proxy, has a small disk of its own. */
  smallDisk?: 'postgres' | 'journal'
  /** The checkout of an earlier release that its proxies and workers are started from; the schema is the present one. */
  release?: string
}

/** Room for an empty cluster of Postgres and a short run; for some segments of a journal. */
const diskMiB = { postgres: 400, journal: 24 } as const

/** Leases are short, so that a run sees them end. */
export const leaseMs = 4_000

/** Starts the plant in `folder`. Whatever was started is stopped when a start fails. */
export async function startPlant(folder: string, chance: Chance, wish: PlantWish = {}): Promise<Plant> {
  const started: { stop(): Promise<unknown> }[] = []
  const links: Link[] = []
  const machines: Machine[] = []
  const keep = <T extends { stop(): Promise<unknown> }>(each: T): T => (started.push(each), each)
  const stop = async () => {
    for (const each of started.toReversed()) await each.stop().catch(() => {})
    await Promise.all(links.map((link) => link.close()))
  }
  const linkTo = async (target: { port: number }) => {
    const made = await openLink(target, chance)
    links.push(made)
    return made
  }
  const link = (port: number) => linkTo({ port })
  const machine = async (options: Parameters<typeof startMachine>[0]) => {
    const made = keep(await startMachine(options))
    machines.push(made)
    return made
  }
  try {
    const calendar =
      wish.calendarFrom === undefined ? null : makeMovableClock(folder, 'product', wish.calendarFrom - Date.now())
    const clock = (name: string) => (wish.movableClocks ? makeMovableClock(folder, name) : calendar)
    const [redisClock, postgresClock] = [clock('redis'), clock('postgres')]
    const disk = wish.smallDisk ? keep(mountSmallDisk(join(folder, 'disk'), diskMiB[wish.smallDisk])) : null
    const within = wish.smallDisk === 'postgres' && disk ? { within: disk.path } : {}
    const postgres = keep(await startTestPostgres({ durable: true, ...within, env: postgresClock?.env ?? {} }))
    const redis = keep(await disposableRedis({ fsync: 'always', env: redisClock?.env ?? {} }))
    const redisTarget = { port: redis.port }
    const redisLinks: Link[] = []
    const redisLink = async () => {
      const made = await linkTo(redisTarget)
      redisLinks.push(made)
      return made
    }
    migrate(postgres.url)
    const db = connectDatabase(postgres.url, { maxConnections: 4 })
    keep({ stop: () => db.close() })
    const store = connectRedis((await redisLink()).through(redis.url), { name: 'lab', commandTimeoutMs: 5_000 })
    keep({ stop: async () => store.disconnect() })
    await redisReady(store)
    const simulatorPort = await freePort()
    const simulator = await machine(provider(simulatorPort, join(folder, 'oracle.jsonl')))
    const upstream = await link(simulatorPort)

    async function addWorker(env: Record<string, string> = {}, release = root): Promise<WorkerSeat> {
      const port = await freePort()
      const [toRedis, toPostgres] = [await redisLink(), await link(postgres.port)]
      const url = `http://127.0.0.1:${port}`
      const made = await machine({
        name: `worker ${workers.length + 1}`,
        url,
        command: process.execPath,
        args: [join(release, 'apps/worker/src/main.ts')],
        env: {
          DATABASE_URL: toPostgres.through(postgres.url),
          REDIS_URL: toRedis.through(redis.url),
          WORKER_PORT: String(port),
          OPEN_SHARDS_EVERY_MS: '200',
          DRAIN_EVERY_MS: '100',
          DRAIN_CLAIM_MS: '1000',
          SWEEP_EVERY_MS: '300',
          SWEEP_GRACE_MS: '1000',
          PUBLISH_EVERY_MS: '100',
          VERIFY_EVERY_MS: '5000',
          ...calendar?.env,
          ...env,
        },
        ready: /"listening"/,
        within: 60_000,
      })
      const seat = { machine: made, redis: toRedis, postgres: toPostgres }
      workers.push(seat)
      return seat
    }

    async function addProxy(env: Record<string, string> = {}, preload?: string, release = root): Promise<ProxySeat> {
      const port = await freePort()
      const [clientLink, toRedis] = [await link(port), await redisLink()]
      const made = await machine({
        name: `proxy ${proxies.length + 1}`,
        url: `http://127.0.0.1:${port}`,
        command: process.execPath,
        args: [...(preload === undefined ? [] : ['--import', preload]), join(release, 'apps/proxy/src/main.ts')],
        env: {
          REDIS_URL: toRedis.through(redis.url),
          PROXY_PORT: String(port),
          KEY_PEPPERS: testPeppersText,
          CREDENTIAL_PRIVATE_KEY: testCredentialKeys.privateKey,
          INTERNAL_TOKEN: internalToken,
          ALLOW_PRIVATE_PROVIDERS: '1',
          JOURNAL_DIR: journalOf(proxies.length),
          LEASE_MS: String(leaseMs),
          RENEW_MS: '1000',
          // An answer of Redis passes this process, which has its core to share with everything else.
          STORE_TIMEOUT_MS: '800',
          // The balancer looks five times a second.
          SHUTDOWN_LISTEN_MS: '1500',
          SHUTDOWN_GRACE_MS: '10000',
          UPSTREAM_IDLE_MS: '8000',
          UPSTREAM_FIRST_BYTE_MS: '8000',
          LOG_LEVEL: 'warn',
          ...calendar?.env,
          ...env,
        },
        ready: /"listening":/,
        within: 60_000,
      })
      const seat = { machine: made, client: clientLink, redis: toRedis }
      proxies.push(seat)
      return seat
    }

    const journalOf = (seat: number) =>
      wish.smallDisk === 'journal' && disk && seat === 0 ? disk.path : join(folder, `journal-${seat + 1}`)
    const internalToken = randomBytes(32).toString('hex')
    const workers: WorkerSeat[] = []
    const proxies: ProxySeat[] = []
    for (let seat = 0; seat < 2; seat += 1) await addWorker({}, wish.release)
    for (let seat = 0; seat < 2; seat += 1) await addProxy({}, undefined, wish.release)
    return {
      folder,
      postgres,
      redis,
      simulator,
      upstream,
      proxies,
      workers,
      db,
      store,
      redisClock,
      calendar,
      postgresClock,
      disk,
      moveRedis(port) {
        redisTarget.port = port
        for (const each of redisLinks) each.reset()
      },
      links: () => links,
      machines: () => machines,
      addWorker,
      addProxy,
      alsoStop: (each) => void keep(each),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
