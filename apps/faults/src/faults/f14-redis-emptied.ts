import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault.ts'
import { onlyRefusedFor, unserved } from './seen.ts'

export const redisEmptied: Fault = {
  id: 'F14',
  title: 'SCRIPT FLUSH again and again, DEL of single counters, FLUSHALL',
  load: 'L1',
  evidenceLost: true,
  async inflict({ plant, load, chance, forMs, healed }) {
    const scriptsMs = Date.now()
    for (let turn = 0; turn < 10; turn += 1) {
      await plant.store.script('FLUSH')
      await sleep(0.02 * forMs)
    }
    const failed = unserved(load.history, scriptsMs)
    const emptiedMs = Date.now()
    const counters = await plant.store.keys('b:*')
    for (let turn = 0; turn < 5; turn += 1) {
      await plant.store.del(chance.pick(counters))
      await sleep(0.03 * forMs)
    }
    await plant.store.flushall()
    healed()
    await sleep(0.4 * forMs)
    return [
      { name: 'scripts were loaded again unnoticed', holds: failed.length === 0, told: `${failed.length} failed` },
      onlyRefusedFor(load.history, emptiedMs, ['budget_store_unavailable', 'overloaded']),
    ]
  },
}
