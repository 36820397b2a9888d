import { setTimeout as sleep } from 'node:timers/promises'
import { drained } from './backlog.ts'
import type { Fault } from './fault.ts'

export const jobsTwice: Fault = {
  id: 'F44',
  title: 'every job started by four workers at once, with the shortest intervals',
  load: 'L1',
  async inflict({ plant, forMs, healed }) {
    const hasty = {
      OPEN_SHARDS_EVERY_MS: '50',
      DRAIN_EVERY_MS: '50',
      DRAIN_CLAIM_MS: '50',
      SWEEP_EVERY_MS: '50',
      PUBLISH_EVERY_MS: '50',
      VERIFY_EVERY_MS: '500',
    }
    await Promise.all([plant.addWorker(hasty), plant.addWorker(hasty)])
    await sleep(0.3 * forMs)
    await Promise.all(plant.workers.map(({ machine }) => machine.kill9()))
    await Promise.all(plant.workers.map(({ machine }) => machine.start()))
    healed()
    await sleep(0.2 * forMs)
    return [await drained(plant, 10_000)]
  },
}
