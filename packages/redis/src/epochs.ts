import type { OrgId } from '@tollkeeper/domain/id'
import type { Redis } from 'ioredis'
import { reachable } from './connection.ts'
import { epochKey } from './keys.ts'
import { allShards, shardOf, type Shard } from './shards.ts'

/**
 * The epochs of the shards as this process knows them. A hold names the epoch it believes in, so that a store which lost
 * its data, and was rebuilt or not, is never taken for one with nothing spent (decisions.md 9).
 */
export type Epochs = {
  /** Reads the epochs of all shards, or of the one an organisation lives in. Gives how many of these are open. */
  refresh: (orgId?: OrgId) => Promise<number>
  /** Undefined while the shard is closed, or was not read yet. */
  of: (shard: Shard) => string | undefined
}

export function makeEpochs(redis: Redis): Epochs {
  const known = new Map<Shard, string>()
  return {
    async refresh(orgId) {
      const shards = orgId === undefined ? allShards() : [shardOf(orgId)]
      const epochs = await Promise.all(shards.map((shard) => reachable(redis.get(epochKey(shard)))))
      let open = 0
      for (const [i, shard] of shards.entries()) {
        const epoch = epochs[i]
        if (epoch === null || epoch === undefined) {
          known.delete(shard)
        } else {
          known.set(shard, epoch)
          open += 1
        }
      }
      return open
    },
    of: (shard) => known.get(shard),
  }
}
