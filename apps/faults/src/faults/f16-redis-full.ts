import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault.ts'
import { onlyRefusedFor } from './seen.ts'

export const redisFull: Fault = {
  id: 'F16',
  title: 'Redis reaches its limit of memory, and gets room again',
  load: 'L1',
  async inflict({ plant, load, forMs, healed }) {
    await sleep(0.2 * forMs)
    const fromMs = Date.now()
    // Less than it has already: every command that may need memory is refused from now on.
    await plant.store.config('SET', 'maxmemory', '1mb')
    await sleep(0.3 * forMs)
    const refused = load.history.filter((call) => call.sentMs >= fromMs && call.status === 503)
    await plant.store.config('SET', 'maxmemory', '0')
    healed()
    await sleep(0.3 * forMs)
    return [
      { name: 'new requests were refused', holds: refused.length > 0, told: `${refused.length} with 503` },
      onlyRefusedFor(load.history, fromMs, ['budget_store_unavailable', 'overloaded']),
    ]
  },
}
