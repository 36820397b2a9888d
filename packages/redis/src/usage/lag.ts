import type { Redis } from 'ioredis'
import { reachable } from '../connection.ts'
import { usageStreamKey } from '../keys.ts'
import { allShards, type Shard } from '../shards.ts'

/** What is not recorded yet. `oldestMs`: age of the oldest entry by the store's clock; null when there is none. */
export type UsageLag = { entries: number; oldestMs: number | null }

/** Entries are recorded within seconds; when the oldest waits longer than this, recording is behind. */
export const behindMs = 60_000

/** How much waits on the usage streams of some shards, and how long. */
export async function readLag(redis: Redis, shards: readonly Shard[] = allShards()): Promise<UsageLag> {
  const [[seconds], lengths, firsts] = await Promise.all([
    reachable(redis.time()),
    Promise.all(shards.map((shard) => reachable(redis.xlen(usageStreamKey(shard))))),
    Promise.all(shards.map((shard) => reachable(redis.xrange(usageStreamKey(shard), '-', '+', 'COUNT', 1)))),
  ])
  const times = firsts.flatMap(([first]) => (first ? [Number(first[0].split('-')[0])] : []))
  const oldestMs = times.length === 0 ? null : Math.max(0, Number(seconds) * 1_000 - Math.min(...times))
  return { entries: lengths.reduce((sum, length) => sum + length, 0), oldestMs }
}
