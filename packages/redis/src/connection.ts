import { Redis, type RedisOptions } from 'ioredis'
import { addressesIn, connectCluster, everyNodeReady } from './cluster.ts'
import { GatheringRedis } from './gathering-redis.ts'

/** Redis cannot be asked right now. Callers fail closed: 503, nothing sent (money.md 4.7). */
export class StoreUnavailable extends Error {
  constructor(cause: unknown) {
    super(`Redis is unavailable: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.name = 'StoreUnavailable'
  }
}

export type ConnectOptions = {
  /** Shown by CLIENT LIST. */
  name?: string
  /** A call without an answer after this long fails; its effect is then unknown. 1,000 unless told. */
  commandTimeoutMs?: number
}

const reconnectMs = (times: number): number => Math.min(50 * times, 1_000)

const common = (name: string | undefined) =>
  ({
    ...(name === undefined ? {} : { connectionName: name }),
    protocol: 2,
    connectTimeout: 2_000,
  }) as const satisfies RedisOptions

/**
 * A client for the path of a request: it reconnects for ever, but a call made while Redis is away fails at once, and a
 * call whose connection broke is not sent again behind the caller's back. To a single server, what is called in one turn
 * of the event loop is sent in one piece. `url`: of a server, or of nodes of a cluster, separated by commas.
 */
export function connectRedis(url: string, options: ConnectOptions = {}): Redis {
  const commandTimeout = options.commandTimeoutMs ?? 1_000
  const impatient = {
    ...common(options.name),
    commandTimeout,
    // A connection on which nothing comes back any more is replaced: its other end may be gone without a word.
    socketTimeout: 3 * commandTimeout,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  } as const satisfies RedisOptions
  const addresses = addressesIn(url)
  if (addresses.length > 1) return quiet(connectCluster(addresses, { node: impatient, patient: false }))
  return quiet(new GatheringRedis(url, { ...impatient, enableOfflineQueue: false, retryStrategy: reconnectMs }))
}

/**
 * A client for queues and subscriptions: calls wait until Redis is back, as BullMQ's workers and
 * `makePolicyReader`'s subscriber want it.
 */
export function connectRedisPatiently(url: string, options: Pick<ConnectOptions, 'name'> = {}): Redis {
  const patient = { ...common(options.name), maxRetriesPerRequest: null }
  const addresses = addressesIn(url)
  if (addresses.length > 1) return quiet(connectCluster(addresses, { node: patient, patient: true }))
  return quiet(new Redis(url, { ...patient, retryStrategy: reconnectMs }))
}

/** Every failed call tells its caller; without a listener ioredis would print the same error as well. */
function quiet(redis: Redis): Redis {
  redis.on('error', () => {})
  return redis
}

/** Resolves when the client can be used. @throws StoreUnavailable when that takes longer than `withinMs`. */
export async function redisReady(redis: Redis, withinMs = 10_000): Promise<void> {
  if (redis.status === 'ready') return reachable(everyNodeReady(redis))
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(() => reject(new StoreUnavailable(`no connection within ${withinMs} ms`)), withinMs)
  redis.once('ready', resolve)
  try {
    await promise
    await reachable(everyNodeReady(redis))
  } finally {
    clearTimeout(timer)
    redis.off('ready', resolve)
  }
}

/** Answers of a Redis that is there but cannot serve: the same to the caller as no answer. */
const cannotServe =
  /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|OOM|MISCONF|BUSY|NOREPLICAS|EXECABORT|NOAUTH|WRONGPASS)\b/

/**
 * Passes a call's answer on, and turns trouble with the connection or the server into StoreUnavailable. Any other error
 * reply is a defect of ours and stays what it is.
 */
export async function reachable<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    const isReply = error instanceof Error && error.name === 'ReplyError'
    if (isReply && !cannotServe.test(error.message)) throw error
    throw new StoreUnavailable(error)
  }
}
