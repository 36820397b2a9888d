import type { Shard } from '@tollkeeper/redis/shards'
import { defineJob } from '../job.ts'

type Ports = {
  shards: readonly Shard[]
  /** False for a shard that is closed or went back in time: its leases mean nothing until it is rebuilt. */
  isSound: (shard: Shard) => Promise<boolean>
  /** Charges the holds of one shard whose lease ran out; gives their number. */
  sweep: (shard: Shard) => Promise<number>
}

/** Turns holds whose owner is gone into provisional charges of the whole hold (decisions.md 5). */
export const sweepLeases = defineJob<Ports>({
  name: 'sweep-leases',
  run: async ({ shards, isSound, sweep }) => {
    let orphaned = 0
    // One after the other: the sweeper compares the store's clock with its own from shard to shard.
    for (const shard of shards) if (await isSound(shard)) orphaned += await sweep(shard)
    return { orphaned }
  },
})
