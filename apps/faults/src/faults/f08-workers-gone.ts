import { setTimeout as sleep } from 'node:timers/promises'
import { drained } from './backlog.ts'
import type { Fault } from './fault.ts'
import { unserved } from './seen.ts'

export const workersGone: Fault = {
  id: 'F8',
  title: 'all workers down, for as long as a run allows',
  load: 'L1',
  async inflict({ plant, load, forMs, healed }) {
    const fromMs = Date.now()
    await Promise.all(plant.workers.map(({ machine }) => machine.kill9()))
    await sleep(0.6 * forMs)
    const failed = unserved(load.history, fromMs)
    const refused = load.history.filter((call) => call.sentMs >= fromMs && call.refusal !== null)
    await Promise.all(plant.workers.map(({ machine }) => machine.start()))
    healed()
    return [
      { name: 'no request failed for it', holds: failed.length === 0, told: `${failed.length} failed` },
      { name: 'budgets were enforced as before', holds: refused.length > 0, told: `${refused.length} refused` },
      await drained(plant, 10_000),
    ]
  },
}
