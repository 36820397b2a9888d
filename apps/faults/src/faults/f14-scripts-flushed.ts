import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault.ts'
import { unserved } from './seen.ts'

export const scriptsFlushed: Fault = {
  id: 'F14',
  title: 'SCRIPT FLUSH, again and again',
  load: 'L1',
  async inflict({ plant, load, forMs, healed }) {
    const fromMs = Date.now()
    for (let turn = 0; turn < 20; turn += 1) {
      await plant.store.script('FLUSH')
      await sleep(0.03 * forMs)
    }
    healed()
    const failed = unserved(load.history, fromMs)
    return [
      { name: 'the scripts were loaded again unnoticed', holds: failed.length === 0, told: `${failed.length} failed` },
    ]
  },
}
