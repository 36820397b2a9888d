import type { AddressInfo } from 'node:net'
import type { OrgPolicy } from '@tollkeeper/domain/policy'
import type { AttemptEvent, RequestEvent } from '@tollkeeper/domain/usage'
import { readBalances, type Balance } from '@tollkeeper/redis/balances'
import { connectRedis, redisReady } from '@tollkeeper/redis/connection'
import { makePolicyPublisher } from '@tollkeeper/redis/policies'
import { makeShardKeeper } from '@tollkeeper/redis/shard-keeper'
import { allShards, shardOf } from '@tollkeeper/redis/shards'
import { makeUsageReader } from '@tollkeeper/redis/usage-stream'
import { startSimulator, type BehaviourChange, type Call, type CallPage, type Totals } from '@tollkeeper/simulator'
import { testCredentialKeys, testPeppersText, type BuiltKey } from '@tollkeeper/testbed/builders'
import { sharedRedis } from '@tollkeeper/testbed/redis'
import { until } from '@tollkeeper/testbed/processes'
import { pino } from 'pino'
import { compose, type Proxy } from '../../src/compose.ts'
import { readEnv } from '../../src/env.ts'

/** A proxy that listens, with what it wrote into its log. */
export type RunningProxy = {
  url: string
  proxy: Proxy
  log: () => Record<string, unknown>[]
  stop: (graceMs?: number) => Promise<void>
}

/** Redis, a simulated provider and proxies of one test file. */
export type World = {
  redisUrl: string
  simulator: Simulator
  /** The proxy that most tests use. */
  url: string
  first: RunningProxy
  env: (change?: Record<string, string>) => Record<string, string>
  startProxy: (change?: Record<string, string>) => Promise<RunningProxy>
  publish: (policy: OrgPolicy, ...keys: BuiltKey[]) => Promise<void>
  /** Counters of an organisation's budgets by budget id, of the present window. */
  balances: (policy: OrgPolicy) => Promise<Record<string, Balance>>
  /** Everything in an organisation's usage stream so far. */
  usage: (policy: OrgPolicy) => Promise<{ attempts: AttemptEvent[]; requests: RequestEvent[] }>
  /** What an attempt whose hold was given up had cost at least; null when nothing was noted. */
  leastOf: (policy: OrgPolicy, attemptId: string) => Promise<bigint | null>
  /** Number of keys in the store. */
  storeKeys: () => Promise<number>
  stop: () => Promise<void>
}

export type Simulator = {
  url: string
  calls: () => Promise<Call[]>
  totals: () => Promise<Totals>
  behave: (change: BehaviourChange) => Promise<void>
  reset: () => Promise<void>
}

export const internalToken = 'internal-token-of-the-tests-0123456789'

export async function startWorld(options: { redisUrl?: string; env?: Record<string, string> } = {}): Promise<World> {
  const shared = options.redisUrl === undefined ? await sharedRedis() : undefined
  const redisUrl = options.redisUrl ?? shared?.url ?? ''
  const redis = connectRedis(redisUrl, { name: 'test' })
  await redisReady(redis)
  const keeper = makeShardKeeper(redis)
  await Promise.all(allShards().map((shard) => keeper.open(shard, 1)))
  const publisher = makePolicyPublisher(redis)
  await publisher.markComplete()
  const simulator = await startSimulator()
  const env = (change: Record<string, string> = {}) => ({
    REDIS_URL: redisUrl,
    PROXY_PORT: '0',
    KEY_PEPPERS: testPeppersText,
    CREDENTIAL_PRIVATE_KEY: testCredentialKeys.privateKey,
    INTERNAL_TOKEN: internalToken,
    ALLOW_PRIVATE_PROVIDERS: '1',
    // A machine that runs many tests at once may keep Redis waiting for longer than a good one would.
    STORE_TIMEOUT_MS: '2000',
    SHUTDOWN_LISTEN_MS: '0',
    ...options.env,
    ...change,
  })
  const running: RunningProxy[] = []
  const startProxy = async (change: Record<string, string> = {}) => {
    const started = await startInProcess(env(change))
    running.push(started)
    return started
  }
  const first = await startProxy()
  const reader = makeUsageReader(redis, 'test')
  const seen = new Map<string, { attempts: AttemptEvent[]; requests: RequestEvent[] }>()

  return {
    redisUrl,
    simulator: { url: simulator.url, ...controls(simulator.url) },
    url: first.url,
    first,
    env,
    startProxy,
    async publish(policy, ...keys) {
      await publisher.publishOrg(policy)
      for (const { record } of keys) await publisher.publishKey(record)
    },
    async balances(policy) {
      const ids = await redis.keys(`*:${policy.orgId}/bud*`)
      const nodes = ids.map((id) => id.slice(id.indexOf('/') + 1))
      const balances = await readBalances(redis, policy.orgId, nodes)
      return Object.fromEntries([...balances].map(([node, balance]) => [node.split('~')[0], balance]))
    },
    async usage(policy) {
      for (const { payload } of await reader.read([shardOf(policy.orgId)], 10_000)) {
        if (payload.kind === 'unreadable') throw new Error(`Unreadable usage entry: ${payload.error}`)
        const orgId = payload.kind === 'attempt' ? payload.event.meta.scopes.orgId : payload.event.scopes.orgId
        const there = seen.get(orgId) ?? { attempts: [], requests: [] }
        seen.set(orgId, there)
        if (payload.kind === 'request') there.requests.push(payload.event)
        else if (payload.event.kind !== 'adjustment') {
          there.attempts.push(payload.event)
          if (payload.request) there.requests.push(payload.request)
        }
      }
      return seen.get(policy.orgId) ?? { attempts: [], requests: [] }
    },
    async leastOf({ orgId }, attemptId) {
      const least = await redis.hget(`h:{${shardOf(orgId)}}:${orgId}/${attemptId}`, 'least')
      return least === null ? null : BigInt(least)
    },
    storeKeys: () => redis.dbsize(),
    async stop() {
      await Promise.all(running.map((each) => each.stop(0)))
      await simulator.stop()
      redis.disconnect()
      await shared?.stop()
    },
  }
}

async function startInProcess(variables: Record<string, string>): Promise<RunningProxy> {
  const lines: string[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
  const proxy = compose(readEnv(variables), log)
  await proxy.start()
  await proxy.server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = proxy.server.server.address() as AddressInfo
  let stopping: Promise<void> | undefined
  return {
    url: `http://127.0.0.1:${port}`,
    proxy,
    log: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    stop: (graceMs = 0) => (stopping ??= proxy.stop({ listenMs: 0, graceMs })),
  }
}

function controls(url: string): Omit<Simulator, 'url'> {
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!response.ok) throw new Error(await response.text())
  }
  const get = async <T>(path: string): Promise<T> => (await (await fetch(url + path)).json()) as T
  return {
    async calls() {
      return (await get<CallPage>('/__sim/calls?limit=10000')).calls
    },
    totals: () => get<Totals>('/__sim/totals'),
    behave: (change) => post('/__sim/behaviour', change),
    reset: () => post('/__sim/reset', {}),
  }
}

/** Waits until an organisation has that many attempts in its usage stream. */
export const untilAttempts = (world: World, policy: OrgPolicy, count: number) =>
  until(
    async () => {
      const usage = await world.usage(policy)
      return usage.attempts.length >= count ? usage : undefined
    },
    { within: 5_000, what: `${count} attempts to be settled` },
  )
