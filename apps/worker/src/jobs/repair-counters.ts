import type { NanoUsd } from '@tollkeeper/domain/price'
import type { LostCounter } from '@tollkeeper/redis/counter-repair'
import { shardOf, type Shard } from '@tollkeeper/redis/shards'
import { defineJob } from '../job.ts'

export type RepairPorts = {
  shards: readonly Shard[]
  /** Counters that a hold missed. */
  lost: (shard: Shard) => Promise<readonly LostCounter[]>
  state: (shard: Shard) => Promise<{ epoch: number | null; seq: number | null }>
  /** Records everything that is on the shard's usage stream now. */
  drain: (shards: readonly Shard[]) => Promise<void>
  /** What the ledger says that a counter had used, and the end of its window. */
  used: (counter: LostCounter) => Promise<{ used: NanoUsd; windowEndMs: number }>
  heldOn: (counter: LostCounter) => Promise<NanoUsd>
  put: (
    counter: LostCounter,
    value: { seq: number | null; used: NanoUsd; held: NanoUsd; windowEndMs: number },
  ) => Promise<'done' | 'changed'>
  /** Closes the whole shard, which is then rebuilt. */
  fence: (shard: Shard, epoch: number) => Promise<boolean>
}

/** On a shard that never stands still this long, rebuilding it is faster. */
const tries = 100

/** Puts single counters back that were lost from an open shard: until then only their own budget is closed. */
export const repairCounters = defineJob<RepairPorts>({
  name: 'repair-counters',
  run: async (ports) => {
    let repaired = 0
    let fenced = 0
    for (const shard of ports.shards) {
      for (const counter of await ports.lost(shard)) {
        if (await repair(ports, counter)) repaired += 1
        else fenced += 1
      }
    }
    return { repaired, fenced }
  },
})

async function repair(ports: RepairPorts, counter: LostCounter): Promise<boolean> {
  const shard = shardOf(counter.orgId)
  for (let i = 0; i < tries; i += 1) {
    const { epoch, seq } = await ports.state(shard)
    // Its rebuild makes all counters anew.
    if (epoch === null) return true
    await ports.drain([shard])
    const { used, windowEndMs } = await ports.used(counter)
    const held = await ports.heldOn(counter)
    if ((await ports.put(counter, { seq, used, held, windowEndMs })) === 'done') return true
  }
  const { epoch } = await ports.state(shard)
  if (epoch !== null) await ports.fence(shard, epoch)
  return false
}
