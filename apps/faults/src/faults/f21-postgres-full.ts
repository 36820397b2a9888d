import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '@tollkeeper/testbed/processes'
import { cannotMakeDisks } from '../plant/small-disk.ts'
import { drained } from './backlog.ts'
import type { Fault } from './fault.ts'
import { unserved } from './seen.ts'

export const postgresFull: Fault = {
  id: 'F21',
  title: 'the disk of Postgres is full, and gets room again',
  load: 'L1',
  wish: { smallDisk: 'postgres' },
  cannotRun: cannotMakeDisks,
  async inflict({ plant, load, forMs, healed }) {
    const { disk, db, postgres } = plant
    if (!disk) throw new Error('Postgres has no disk of its own')
    await sleep(0.1 * forMs)
    const fromMs = Date.now()
    await disk.fill()
    const alarm = () => plant.workers.map(({ machine }) => alarmIn(machine.output())).find((line) => line !== null)
    const said: string = await until(alarm, { within: 60_000, every: 250 }).catch(() => '')
    await sleep(0.2 * forMs)
    const failed = unserved(load.history, fromMs)
    disk.free()
    // It ends itself when not even its log finds room; then somebody has to start it again.
    const lives = await db.pool.query('SELECT 1').then(
      () => true,
      () => false,
    )
    if (!lives) await postgres.restart()
    healed()
    return [
      { name: 'no request was refused for it', holds: failed.length === 0, told: `${failed.length} refused` },
      { name: 'the worker raised an alarm', holds: said !== '', told: said === '' ? 'none within 60 s' : said },
      { name: 'Postgres', holds: true, told: lives ? 'went on by itself' : 'had ended, and was started again' },
      await drained(plant, 60_000),
    ]
  },
}

/** The line of a worker's log that says that usage is not recorded, and why; null while there is none. */
function alarmIn(output: string): string | null {
  const line = output
    .split('\n')
    .find((each) => /"level":50/.test(each) && /No space left on device|disk is full/i.test(each))
  if (line === undefined) return null
  const { job, msg } = JSON.parse(line) as { job?: string; msg?: string }
  return `${job}: ${msg}`
}
