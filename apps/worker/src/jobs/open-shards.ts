import type { CounterRecord } from '@tollkeeper/redis/shard-keeper'
import type { Shard } from '@tollkeeper/redis/shards'
import { defineJob } from '../job.ts'

export type OpenPorts = {
  /** Shards whose epoch is missing in Redis. */
  closedShards: () => Promise<readonly Shard[]>
  /** Runs `work` while no other worker opens this shard; false when one does. */
  exclusively: (shard: Shard, work: () => Promise<void>) => Promise<boolean>
  /** The next epoch of the shard, written to Postgres before it is used. */
  nextEpoch: (shard: Shard) => Promise<number>
  /** Counters of the shard's organisations in the windows of now, as the ledger has them. */
  counters: (shard: Shard) => Promise<readonly CounterRecord[]>
  /** Puts counters back that are missing; gives how many. */
  restore: (shard: Shard, counters: readonly CounterRecord[]) => Promise<number>
  /** Lets proxies in. */
  open: (shard: Shard, epoch: number) => Promise<boolean>
}

/**
 * Opens the shards of a ledger Redis that is new or lost its data: counters from the ledger first, the epoch last.
 * Until then every hold on the shard is fenced, so a lost counter is never taken for an unused budget (money.md 4.7).
 */
export const openShards = defineJob<OpenPorts>({
  name: 'open-shards',
  run: async (ports) => {
    let opened = 0
    let counters = 0
    for (const shard of await ports.closedShards()) {
      const mine = await ports.exclusively(shard, async () => {
        counters += await ports.restore(shard, await ports.counters(shard))
        await ports.open(shard, await ports.nextEpoch(shard))
      })
      if (mine) opened += 1
    }
    return { opened, counters }
  },
})
