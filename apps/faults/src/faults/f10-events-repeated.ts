import { setTimeout as sleep } from 'node:timers/promises'
import { recordUsage } from '@tollkeeper/db/ledger'
import { allShards } from '@tollkeeper/redis/shards'
import { makeUsageReader, type UsageEntry } from '@tollkeeper/redis/usage-stream'
import type { Fault } from './fault.ts'

export const eventsRepeated: Fault = {
  id: 'F10',
  title: 'each event delivered one to five times, in any order, one in ten late',
  load: 'L0',
  async inflict({ plant, chance, forMs, healed }) {
    const reader = makeUsageReader(plant.store, 'lab-that-repeats')
    const late: UsageEntry[] = []
    let delivered = 0
    const deliver = async (entries: UsageEntry[]) => {
      delivered += entries.length
      await recordUsage(plant.db.pool, entries)
    }
    const untilMs = performance.now() + 0.6 * forMs
    while (performance.now() < untilMs) {
      // A consumer like the workers, which never says that it is done: they are given its entries again.
      const entries = await reader.read(allShards(), 50)
      const now = entries.filter((entry) => {
        if (!chance.percent(10)) return true
        late.push(entry)
        return false
      })
      const repeated = now.flatMap((entry) => Array.from({ length: chance.whole(1, 5) }, () => entry))
      const shuffled = repeated
        .map((entry) => ({ entry, order: chance.next() }))
        .toSorted((a, b) => a.order - b.order)
        .map(({ entry }) => entry)
      while (shuffled.length > 0) await deliver(shuffled.splice(0, chance.whole(1, 7)))
      await sleep(50)
    }
    await deliver(late)
    healed()
    return [{ name: 'events were repeated', holds: delivered > 0, told: `${delivered} deliveries` }]
  },
}
