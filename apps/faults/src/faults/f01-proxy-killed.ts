import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault.ts'
import { brokenAt } from './seen.ts'

export const proxyKilled: Fault = {
  id: 'F1',
  title: 'kill -9 of a proxy in the middle of streams, started again after 2 s',
  load: 'L2',
  evidenceLost: true,
  async inflict({ proxy, load, healed, forMs }) {
    await sleep(0.3 * forMs)
    const killedMs = Date.now()
    await proxy(0).machine.kill9()
    await sleep(2_000)
    await proxy(0).machine.start()
    healed()
    await sleep(0.3 * forMs)
    const broken = brokenAt(load.history, 1, killedMs)
    return [{ name: 'the other proxy broke nothing', holds: broken.length === 0, told: `${broken.length} broken` }]
  },
}
