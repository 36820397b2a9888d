import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault.ts'
import { onlyRefusedFor } from './seen.ts'

export const redisEmpty: Fault = {
  id: 'F12',
  title: 'kill -9 of Redis, started again empty',
  load: 'L1',
  evidenceLost: true,
  async inflict({ plant, load, forMs, healed }) {
    await sleep(0.2 * forMs)
    const fromMs = Date.now()
    await plant.redis.kill9()
    rmSync(join(plant.redis.folder, 'appendonlydir'), { recursive: true })
    await plant.redis.restart()
    healed()
    await sleep(0.5 * forMs)
    return [onlyRefusedFor(load.history, fromMs, ['budget_store_unavailable', 'overloaded'])]
  },
}
