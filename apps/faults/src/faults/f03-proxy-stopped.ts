import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault.ts'

export const proxyStopped: Fault = {
  id: 'F3',
  title: 'SIGTERM of a proxy under load, then of the other one',
  load: 'L1',
  async inflict({ proxy, load, healed, forMs, plant, tenants }) {
    const codes: (number | null)[] = []
    const fromMs = Date.now()
    for (const at of [0, 1]) {
      await sleep(0.2 * forMs)
      codes.push(await proxy(at).machine.terminate(15_000))
      await proxy(at).machine.start()
      // The balancer looks five times a second.
      await sleep(500)
    }
    healed()
    await sleep(0.2 * forMs)
    const failed = load.history.filter(
      (call) => call.sentMs >= fromMs && !call.left && (call.outcome === 'unknown' || (call.status ?? 0) >= 500),
    )
    const orgs = tenants.map(({ orgId }) => orgId)
    const provisional = await plant.db.prisma.ledgerEntry.count({
      where: { orgId: { in: orgs }, kind: 'provisional' },
    })
    return [
      { name: 'both ended in good order', holds: codes.every((code) => code === 0), told: codes.join(', ') },
      {
        name: 'no request failed through the balancer',
        holds: failed.length === 0,
        told: `${failed.length} failed ${failed
          .map((call) => `${call.status} ${call.reason}`)
          .slice(0, 3)
          .join(', ')}`,
      },
      { name: 'nothing is charged provisionally', holds: provisional === 0, told: `${provisional} charges` },
    ]
  },
}
