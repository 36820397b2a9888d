import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault.ts'
import { unserved } from './seen.ts'

export const postgresKilled: Fault = {
  id: 'F19',
  title: 'kill -9 of Postgres, started again after 5 s',
  load: 'L1',
  async inflict({ plant, load, healed, forMs }) {
    await sleep(0.2 * forMs)
    const fromMs = Date.now()
    await plant.postgres.kill9()
    await sleep(5_000)
    const failed = unserved(load.history, fromMs)
    await plant.postgres.restart()
    healed()
    await sleep(0.3 * forMs)
    return [{ name: 'no request was refused for it', holds: failed.length === 0, told: `${failed.length} refused` }]
  },
}
