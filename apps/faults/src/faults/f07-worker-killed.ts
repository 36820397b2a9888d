import { setTimeout as sleep } from 'node:timers/promises'
import { drained } from './backlog.ts'
import type { Fault } from './fault.ts'

export const workerKilled: Fault = {
  id: 'F7',
  title: 'kill -9 of a worker while it reads, inserts, commits and acknowledges',
  load: 'L1',
  async inflict(lab) {
    const { worker, plant, forMs, healed } = lab
    const { machine, redis, postgres } = worker(0)
    // Each makes the worker stand still in the middle of one step; what it did by then is done.
    const steps = [
      () => redis.set({ down: { hold: true } }),
      () => postgres.set({ up: { latencyMs: 300 } }),
      () => postgres.set({ down: { hold: true } }),
      () => redis.set({ up: { latencyMs: 300 } }),
    ]
    for (const step of steps) {
      await sleep(0.1 * forMs)
      step()
      await sleep(400)
      await machine.kill9()
      redis.calm()
      postgres.calm()
      await sleep(500)
      await machine.start()
    }
    healed()
    return [await drained(plant, 10_000)]
  },
}
