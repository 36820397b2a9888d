import { setTimeout as sleep } from 'node:timers/promises'
import { leaseMs } from '../plant/plant.ts'
import type { Fault } from './fault.ts'

export const proxyPaused: Fault = {
  id: 'F4',
  title: 'SIGSTOP of a proxy for longer than a lease, then SIGCONT',
  load: 'L1',
  evidenceLost: true,
  async inflict({ proxy, healed, forMs, plant, tenants }) {
    await sleep(0.2 * forMs)
    proxy(0).machine.pause()
    await sleep(2 * leaseMs + 2_000)
    proxy(0).machine.resume()
    healed()
    await sleep(0.3 * forMs)
    const orgs = tenants.map(({ orgId }) => orgId)
    const kinds = async (kind: string) => plant.db.prisma.ledgerEntry.count({ where: { orgId: { in: orgs }, kind } })
    const provisional = await kinds('provisional')
    return [{ name: 'holds were charged while it slept', holds: provisional > 0, told: `${provisional} provisional` }]
  },
  async afterwards({ plant, tenants }) {
    const orgs = tenants.map(({ orgId }) => orgId)
    const kinds = async (kind: string) => plant.db.prisma.ledgerEntry.count({ where: { orgId: { in: orgs }, kind } })
    const [provisional, corrections] = [await kinds('provisional'), await kinds('correction')]
    return [
      { name: 'each was corrected', holds: corrections === provisional, told: `${corrections} of ${provisional}` },
    ]
  },
}
