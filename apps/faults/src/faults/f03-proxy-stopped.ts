import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '@tollkeeper/testbed/processes'
import type { ProxySeat } from '../plant/plant.ts'
import type { Fault } from './fault.ts'

/** Readiness has to be gone by then, after SIGTERM (faults.md F3). */
const unreadyMs = 1_000

export const proxyStopped: Fault = {
  id: 'F3',
  title: 'SIGTERM of a proxy under load, then of the other one',
  load: 'L1',
  async inflict({ proxy, load, healed, forMs, plant, tenants }) {
    const codes: (number | null)[] = []
    const unreadyAfter: number[] = []
    const fromMs = Date.now()
    for (const at of [0, 1]) {
      await sleep(0.2 * forMs)
      const ended = proxy(at).machine.terminate(20_000)
      unreadyAfter.push(await untilUnready(proxy(at)))
      codes.push(await ended)
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
        name: `each said within ${unreadyMs / 1_000} s that it is not ready`,
        holds: unreadyAfter.every((ms) => ms < unreadyMs),
        told: unreadyAfter.map((ms) => `${Math.round(ms)} ms`).join(', '),
      },
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

/** Milliseconds until its readiness is 503: told by itself, so it still listens. */
async function untilUnready({ machine }: ProxySeat): Promise<number> {
  const fromMs = performance.now()
  const unready = async () => {
    const answer = await fetch(`${machine.url}/readyz`)
    await answer.body?.cancel()
    return answer.status === 503
  }
  await until(unready, { within: 5_000, every: 10, what: `${machine.name} to be unready` })
  return performance.now() - fromMs
}
