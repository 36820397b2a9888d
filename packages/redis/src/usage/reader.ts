import type { Redis } from 'ioredis'
import { reachable } from '../connection.ts'
import { usageStreamKey } from '../keys.ts'
import { UnexpectedReply } from '../reply.ts'
import type { Shard } from '../shards.ts'
import { parseUsageFields, type UsagePayload } from './entry.ts'
import { readLag, type UsageLag } from './lag.ts'

export type { UsagePayload } from './entry.ts'

export type UsageEntry = { shard: Shard; streamId: string; payload: UsagePayload }

/** Reads the usage streams as one consumer of the group `ledger`: each entry goes to one consumer until it is done. */
export type UsageReader = {
  /** Entries nobody has read yet, at most `count` of each shard, in order. Does not wait for more. */
  read: (shards: readonly Shard[], count: number) => Promise<UsageEntry[]>
  /** Entries that somebody read at least `idleMs` ago and did not finish, at most 500 of each shard. */
  claimStale: (shards: readonly Shard[], idleMs: number) => Promise<UsageEntry[]>
  /** Takes recorded entries out of their streams. */
  done: (entries: readonly UsageEntry[]) => Promise<void>
  lag: (shards?: readonly Shard[]) => Promise<UsageLag>
}

const group = 'ledger'

/** `consumer`: a name no other process uses at the same time. */
export function makeUsageReader(redis: Redis, consumer: string): UsageReader {
  /** The group is made when it is first missed, at the stream's beginning. */
  async function inGroup<T>(shard: Shard, call: (stream: string) => Promise<T>): Promise<T> {
    const stream = usageStreamKey(shard)
    try {
      return await reachable(call(stream))
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOGROUP'))) throw error
      await reachable(redis.xgroup('CREATE', stream, group, '0', 'MKSTREAM').catch(unlessItExists))
      return await reachable(call(stream))
    }
  }

  async function readOne(shard: Shard, count: number): Promise<UsageEntry[]> {
    const reply: unknown = await inGroup(shard, (stream) =>
      redis.xreadgroup('GROUP', group, consumer, 'COUNT', count, 'STREAMS', stream, '>'),
    )
    if (reply === null) return []
    const [streams] = list('XREADGROUP', reply)
    const [, entries] = list('XREADGROUP', streams)
    return entriesOf('XREADGROUP', shard, entries)
  }

  async function claimOne(shard: Shard, idleMs: number): Promise<UsageEntry[]> {
    const reply: unknown = await inGroup(shard, (stream) =>
      redis.xautoclaim(stream, group, consumer, idleMs, '0-0', 'COUNT', 500),
    )
    const [, entries] = list('XAUTOCLAIM', reply)
    return entriesOf('XAUTOCLAIM', shard, entries)
  }

  async function doneOne(shard: Shard, ids: readonly string[]): Promise<void> {
    const stream = usageStreamKey(shard)
    const replies = await reachable(
      redis
        .multi()
        .xack(stream, group, ...ids)
        .xdel(stream, ...ids)
        .exec(),
    )
    for (const [error] of replies ?? []) if (error) throw error
  }

  return {
    async read(shards, count) {
      return (await Promise.all(shards.map((shard) => readOne(shard, count)))).flat()
    },
    async claimStale(shards, idleMs) {
      return (await Promise.all(shards.map((shard) => claimOne(shard, idleMs)))).flat()
    },
    async done(entries) {
      const byShard = Map.groupBy(entries, (entry) => entry.shard)
      await Promise.all(
        [...byShard].map(([shard, some]) =>
          doneOne(
            shard,
            some.map((entry) => entry.streamId),
          ),
        ),
      )
    },
    lag: (shards) => readLag(redis, shards),
  }
}

function unlessItExists(error: unknown): void {
  if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error
}

function list(command: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new UnexpectedReply(command, value)
  return value
}

function entriesOf(command: string, shard: Shard, value: unknown): UsageEntry[] {
  return list(command, value).map((item) => {
    const [streamId, fields] = list(command, item)
    if (typeof streamId !== 'string') throw new UnexpectedReply(command, item)
    const texts = list(command, fields).filter((field) => typeof field === 'string')
    return { shard, streamId, payload: parseUsageFields(texts) }
  })
}
