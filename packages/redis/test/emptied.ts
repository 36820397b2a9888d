import { Cluster, type Redis } from 'ioredis'

/** Forgets everything in a store, on every node of a cluster: a command without a key goes to one of them only. */
export async function emptied(redis: Redis): Promise<void> {
  const client: unknown = redis
  const nodes = client instanceof Cluster ? client.nodes('master') : [redis]
  await Promise.all(nodes.map((node) => node.flushdb()))
}
