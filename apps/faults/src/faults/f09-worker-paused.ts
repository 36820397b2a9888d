import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault.ts'

export const workerPaused: Fault = {
  id: 'F9',
  title: 'SIGSTOP of a worker for longer than its entries are left to it, then SIGCONT',
  load: 'L1',
  async inflict({ worker, forMs, healed }) {
    for (const at of [0, 1]) {
      await sleep(0.1 * forMs)
      // In the middle of a transaction, whose entries the other worker takes over meanwhile.
      worker(at).postgres.set({ both: { latencyMs: 100 } })
      await sleep(300)
      worker(at).machine.pause()
      await sleep(3_000)
      worker(at).machine.resume()
      worker(at).postgres.calm()
    }
    healed()
    await sleep(0.2 * forMs)
    return []
  },
}
