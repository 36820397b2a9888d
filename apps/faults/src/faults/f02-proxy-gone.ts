import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '@tollkeeper/testbed/processes'
import type { Fault } from './fault.ts'
import { brokenAt } from './seen.ts'

export const proxyGone: Fault = {
  id: 'F2',
  title: 'kill -9 of a proxy that never comes back',
  load: 'L2',
  evidenceLost: true,
  async inflict({ proxy, load, healed, forMs, plant, tenants }) {
    await sleep(0.3 * forMs)
    const killedMs = Date.now()
    await proxy(0).machine.kill9()
    healed()
    const cut = () => brokenAt(load.history, 0, killedMs).length
    await until(() => cut() > 0, { within: 10_000, what: 'streams to break' })
    const orgs = tenants.map(({ orgId }) => orgId)
    const provisional = () => plant.db.prisma.ledgerEntry.count({ where: { orgId: { in: orgs }, kind: 'provisional' } })
    await until(async () => (await provisional()) > 0, { within: 45_000, what: 'provisional charges' })
    const waitedMs = Date.now() - killedMs
    await sleep(0.3 * forMs)
    const broken = brokenAt(load.history, 1, killedMs)
    return [
      { name: 'the other proxy broke nothing', holds: broken.length === 0, told: `${broken.length} broken` },
      {
        name: 'its holds are charged within 45 s',
        holds: waitedMs < 45_000,
        told: `${(waitedMs / 1_000).toFixed(1)} s`,
      },
    ]
  },
}
