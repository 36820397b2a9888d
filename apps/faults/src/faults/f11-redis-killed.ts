import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault.ts'
import { onlyRefusedFor, slowestDecision } from './seen.ts'

export const redisKilled: Fault = {
  id: 'F11',
  title: 'kill -9 of Redis, started again after 3 s with its file',
  load: 'L1',
  // Requests whose hold was never acknowledged are given back; streams that ran go on.
  async inflict({ plant, load, forMs, healed }) {
    await sleep(0.2 * forMs)
    const fromMs = Date.now()
    await plant.redis.kill9()
    await sleep(3_000)
    await plant.redis.restart()
    healed()
    const backMs = Date.now()
    await sleep(0.3 * forMs)
    return [
      onlyRefusedFor(load.history, fromMs, ['budget_store_unavailable', 'overloaded']),
      slowestDecision(load.history, fromMs, backMs),
    ]
  },
}
