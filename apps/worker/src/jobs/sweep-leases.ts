import { defineJob } from '../job.ts'

type Ports = {
  shards: readonly string[]
  /** Charges the holds of one shard whose lease ran out; gives their number. */
  sweep: (shard: string) => Promise<number>
}

/** Turns holds whose owner is gone into provisional charges of the whole hold (decisions.md 5). */
export const sweepLeases = defineJob<Ports>({
  name: 'sweep-leases',
  run: async ({ shards, sweep }) => {
    const counts = await Promise.all(shards.map(sweep))
    return { orphaned: counts.reduce((sum, count) => sum + count, 0) }
  },
})
