import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault.ts'

/** What an old process gets to end in. */
const endMs = 20_000

/**
 * A rolling deploy: the schema is the new one; first a new proxy beside an old one, then another, then the workers. In
 * between both releases run their scripts on the same counters and read each other's policies and events.
 */
export const twoReleases: Fault = {
  id: 'F41',
  title: 'a rolling deploy: an earlier release and this one at once',
  load: 'L1',
  needsPrevious: true,
  async inflict({ plant, proxy, worker, load, healed, forMs }) {
    const fromMs = Date.now()
    const codes: (number | null)[] = []
    for (const at of [0, 1]) {
      await plant.addProxy()
      await sleep(0.2 * forMs)
      codes.push(await proxy(at).machine.retire(endMs))
    }
    for (const at of [0, 1]) {
      await plant.addWorker()
      await sleep(0.1 * forMs)
      codes.push(await worker(at).machine.retire(endMs))
    }
    healed()
    await sleep(0.2 * forMs)
    const since = load.history.filter(({ sentMs }) => sentMs >= fromMs)
    // How well an old one stops is its own matter.
    const failed = since.filter(
      (call) => call.proxy > 1 && !call.left && (call.outcome === 'unknown' || (call.status ?? 0) >= 500),
    )
    const servedBy = new Set(since.filter(({ status }) => status === 200).map((call) => call.proxy))
    return [
      { name: 'the old ones ended in good order', holds: codes.every((code) => code === 0), told: codes.join(', ') },
      { name: 'both releases answered', holds: servedBy.size === 4, told: `${servedBy.size} of 4 proxies` },
      {
        name: 'no request failed at this release',
        holds: failed.length === 0,
        told: `${failed.length} failed ${failed
          .map((call) => `${call.status} ${call.reason}`)
          .slice(0, 3)
          .join(', ')}`,
      },
    ]
  },
}
