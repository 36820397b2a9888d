import type { OrgId } from '@tollkeeper/domain/id'
import type { Redis } from 'ioredis'
import { reachable } from './connection.ts'
import { epochKey, sequenceKey } from './keys.ts'
import { fence } from './rebuild/fence.ts'
import { makeSequenceWatch, type SequenceWatch } from './rebuild/watch.ts'
import { allShards, shardOf, type Shard } from './shards.ts'

/**
 * The epochs of the shards as this process knows them. A hold names the epoch it believes in, so that a store which lost
 * its data, and was rebuilt or not, is never taken for one with nothing spent (decisions.md 9).
 */
export type Epochs = {
  /**
   * Reads the epochs of all shards, or of the one an organisation lives in. Gives how many of these are open. A shard
   * whose epoch or sequence is behind what was seen before was rolled back, and is closed for everybody.
   */
  refresh: (orgId?: OrgId) => Promise<number>
  /** Whether the shard was open, but not read since the connection was made: to be refreshed before it is asked. */
  inDoubt: (orgId: OrgId) => boolean
  /** Undefined while the shard is closed, in doubt, or was never read. */
  of: (shard: Shard) => string | undefined
  /** Must be taken before a call on an organisation's money is sent. */
  before: (shard: Shard) => number
  /** Takes the sequence that the call was answered. Anything but true: the store went back, and the shard is closed. */
  wentOn: (shard: Shard, before: number, seq: number) => true | Promise<void>
}

/** `onRegress` hears of shards that this process found to be rolled back. */
export function makeEpochs(redis: Redis, onRegress: (shard: Shard) => void = () => {}): Epochs {
  const known = new Map<Shard, string>()
  /** The newest epoch that was ever seen: stays when the connection breaks. */
  const newest = new Map<Shard, number>()
  const sequences: SequenceWatch = makeSequenceWatch()
  // Behind another connection there may be another store, or an older one: nothing is taken until it was asked.
  const doubted = new Set<Shard>()
  redis.on('close', () => {
    for (const shard of known.keys()) doubted.add(shard)
    known.clear()
  })

  async function closeRolledBack(shard: Shard, epoch: string): Promise<void> {
    known.delete(shard)
    onRegress(shard)
    await fence(redis, shard, epoch)
  }

  async function read(shard: Shard): Promise<boolean> {
    const before = sequences.known(shard)
    const [epoch, seq] = await reachable(redis.mget(epochKey(shard), sequenceKey(shard)))
    doubted.delete(shard)
    if (epoch === null || epoch === undefined) {
      known.delete(shard)
      return false
    }
    const last = newest.get(shard) ?? 0
    if (Number(epoch) > last) {
      newest.set(shard, Number(epoch))
      sequences.forget(shard)
      sequences.read(shard, -1, Number(seq ?? 0))
    } else if (Number(epoch) < last || !sequences.read(shard, before, Number(seq ?? 0))) {
      await closeRolledBack(shard, epoch)
      return false
    }
    known.set(shard, epoch)
    return true
  }

  return {
    async refresh(orgId) {
      const shards = orgId === undefined ? allShards() : [shardOf(orgId)]
      const open = await Promise.all(shards.map(read))
      return open.filter(Boolean).length
    },
    inDoubt: (orgId) => doubted.size > 0 && doubted.has(shardOf(orgId)),
    of: (shard) => known.get(shard),
    before: sequences.known,
    wentOn(shard, before, seq) {
      if (sequences.advance(shard, before, seq)) return true
      const epoch = known.get(shard)
      // Closed already, or rebuilt since: then a lower sequence is as it should be, and the next hold asks anew.
      return epoch === undefined ? Promise.resolve() : closeRolledBack(shard, epoch)
    },
  }
}
