import { Cluster, type ClusterOptions, type Redis } from 'ioredis'

type NodeOptions = Omit<NonNullable<ClusterOptions['redisOptions']>, 'replyMapping'>

/** The addresses in a setting: one of a server, several of a cluster's nodes. */
export const addressesIn = (url: string): URL[] => url.split(',').map((each) => new URL(each.trim()))

/** What `connectRedis` and `connectRedisPatiently` differ in, as a cluster's client knows it. */
export type ClusterWishes = {
  /** Of the connection to each node. */
  node: NodeOptions
  /** Calls wait for a node that is away, and are sent again. */
  patient: boolean
}

/**
 * A client of a Redis Cluster that is found by any of its nodes, which all take the same user and password. Every call
 * of ours touches one slot, so that the same calls run here. It answers to the commands, events and states of a client
 * of one server that this package, and BullMQ, use; only the connection itself (`stream`) it does not have.
 */
export function connectCluster(addresses: readonly URL[], { node, patient }: ClusterWishes): Redis {
  const [first] = addresses
  const redisOptions: NodeOptions = {
    ...node,
    ...(first?.username ? { username: decodeURIComponent(first.username) } : {}),
    ...(first?.password ? { password: decodeURIComponent(first.password) } : {}),
    ...(first?.protocol === 'rediss:' ? { tls: {} } : {}),
  }
  const cluster = new Cluster(
    addresses.map(({ hostname, port }) => ({ host: hostname, port: Number(port || 6379) })),
    {
      redisOptions,
      enableOfflineQueue: patient,
      // A call that a node did not run because the slot lives elsewhere is sent there: that has had no effect yet. One
      // whose connection broke may have had one, and is the caller's to repeat.
      ...(patient ? {} : { retryDelayOnFailover: 0, retryDelayOnClusterDown: 0 }),
      clusterRetryStrategy: (times) => Math.min(50 * times, 1_000),
      slotsRefreshTimeout: 2_000,
      slotsRefreshInterval: 5_000,
    },
  )
  return cluster as unknown as Redis
}

/** Resolves when every master of a cluster can be called; at once for a client of one server. */
export async function everyNodeReady(redis: Redis): Promise<void> {
  const client: unknown = redis
  // Nodes are connected to by their first call, and while that goes on, others fail.
  if (client instanceof Cluster) await Promise.all(client.nodes('master').map((node) => node.ping()))
}
