import { cpSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault.ts'
import { onlyRefusedFor } from './seen.ts'

export const redisOlder: Fault = {
  id: 'F13',
  title: 'Redis goes back to a copy of its file from before half of the run',
  load: 'L1',
  evidenceLost: true,
  async inflict({ plant, load, forMs, healed }) {
    const [file, copy] = ['appendonlydir', 'older'].map((name) => join(plant.redis.folder, name))
    if (file === undefined || copy === undefined) throw new Error('No folder')
    cpSync(file, copy, { recursive: true })
    await sleep(0.4 * forMs)
    const fromMs = Date.now()
    await plant.redis.kill9()
    rmSync(file, { recursive: true })
    renameSync(copy, file)
    await plant.redis.restart()
    healed()
    await sleep(0.5 * forMs)
    return [onlyRefusedFor(load.history, fromMs, ['budget_store_unavailable', 'overloaded'])]
  },
}
