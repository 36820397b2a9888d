import type { NanoUsd } from '@tollkeeper/domain/price'
import { defineJob } from '../job.ts'

/** A counter to be written anew: id, window end, and what the ledger says was spent. */
export type RebuiltNode = { orgId: string; nodeId: string; used: NanoUsd; endMs: number }

type Ports = {
  shards: readonly string[]
  /** Shards whose epoch is missing in Redis. */
  closedShards: () => Promise<readonly string[]>
  /** Runs `work` for one shard while no other worker does; gives false when another one does. */
  exclusively: (shard: string, work: () => Promise<void>) => Promise<boolean>
  /** The next epoch of the shard, written to Postgres first. */
  nextEpoch: (shard: string) => Promise<number>
  /** Counters of the shard's organisations in windows that are still open, from the ledger. */
  nodesOf: (shard: string) => Promise<readonly RebuiltNode[]>
  /** Writes the counters and then the epoch, which lets proxies in. */
  open: (shard: string, epoch: number, nodes: readonly RebuiltNode[]) => Promise<void>
}

/**
 * Opens the shards of an empty ledger Redis: counters from the ledger first, the epoch last. Until then every hold on
 * the shard is fenced, so a lost counter is never mistaken for an unused budget (money.md 4.7).
 */
export const openShards = defineJob<Ports>({
  name: 'open-shards',
  run: async (ports) => {
    let opened = 0
    let nodes = 0
    for (const shard of await ports.closedShards()) {
      const mine = await ports.exclusively(shard, async () => {
        const rebuilt = await ports.nodesOf(shard)
        await ports.open(shard, await ports.nextEpoch(shard), rebuilt)
        nodes += rebuilt.length
      })
      if (mine) opened += 1
    }
    return { opened, nodes }
  },
})
