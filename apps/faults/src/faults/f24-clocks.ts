import { setTimeout as sleep } from 'node:timers/promises'
import { windowOf } from '@tollkeeper/domain/time'
import { until } from '@tollkeeper/testbed/processes'
import { cannotMoveClocks } from '../plant/clock/movable-clock.ts'
import { tenantZones } from '../plant/tenants.ts'
import type { Condition, Fault, Lab } from './fault.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const shifts = [2 * hourMs, -2 * hourMs, 40 * dayMs, -40 * dayMs]
/** How far Redis is ahead, in turn: each is a jump from the one before. */
const redisAhead = [hourMs, 0, -hourMs, 0]

/** The gate compares the counters of this month; the turn of a month is F25. */
const monthTurns = (atMs: number): boolean =>
  tenantZones.some(
    (zone) => windowOf('month', zone, atMs - 2 * hourMs).id !== windowOf('month', zone, atMs + 2 * hourMs).id,
  )

export const clocks: Fault = {
  id: 'F24',
  title: 'clocks off: proxies by 2 h and 40 days both ways, Redis by an hour both ways, Postgres 10 days ahead',
  load: 'L1',
  // What ran when Redis went forward is charged provisionally, and corrected.
  evidenceLost: true,
  wish: { movableClocks: true },
  cannotRun: (now) => cannotMoveClocks() ?? (monthTurns(now.getTime()) ? 'a month ends within two hours' : null),
  async inflict(lab) {
    const { plant, load, forMs, healed } = lab
    const { redisClock, postgresClock } = plant
    if (!redisClock || !postgresClock) throw new Error('The clocks of this plant cannot be moved')
    const first = plant.proxies.length
    for (const shift of shifts) {
      await plant.addProxy({}, new URL(`shifted-clock.ts?ms=${shift}`, import.meta.url).href)
    }
    await sleep(0.2 * forMs)
    const told: string[] = []
    for (const aheadMs of redisAhead) {
      redisClock.set(aheadMs)
      told.push(await redisIsAhead(lab, aheadMs))
      await sleep(Math.max(2_000, 0.12 * forMs))
    }
    postgresClock.set(10 * dayMs)
    const days = await postgresAheadDays(lab)
    await sleep(Math.max(2_000, 0.15 * forMs))
    postgresClock.set(0)
    healed()
    await sleep(0.1 * forMs)
    const answered = shifts.map(
      (_, at) => load.history.filter((call) => call.proxy === first + at && call.status === 200).length,
    )
    return [
      {
        name: 'each of them answers in the windows of the store',
        holds: answered.every((count) => count > 0),
        told: `${answered.join(', ')} answers`,
      },
      { name: 'Redis believed the other time', holds: told.every((each) => each !== ''), told: told.join(', ') },
      { name: 'Postgres believed the other time', holds: days === 10, told: `${days} days ahead` },
    ]
  },
  afterwards: async (lab) => [await provisionalCorrected(lab)],
}

/** Says how far Redis was seen ahead; empty when it was not as far as it should be. */
async function redisIsAhead({ plant }: Lab, aheadMs: number): Promise<string> {
  const seen: boolean = await until(
    async () => Math.abs(Number((await plant.store.time())[0]) * 1_000 - Date.now() - aheadMs) < 10_000,
    { within: 5_000 },
  ).catch(() => false)
  return seen ? `${aheadMs / hourMs} h` : ''
}

async function postgresAheadDays({ plant }: Lab): Promise<number> {
  const { rows } = await plant.db.pool.query<{ at: Date }>('SELECT clock_timestamp() AS at')
  return Math.round(((rows[0]?.at.getTime() ?? 0) - Date.now()) / dayMs)
}

/** Whatever was charged without its end being known was corrected when it was. */
async function provisionalCorrected({ plant, tenants }: Lab): Promise<Condition> {
  const orgs = tenants.map(({ orgId }) => orgId)
  const kinds = (kind: string) => plant.db.prisma.ledgerEntry.count({ where: { orgId: { in: orgs }, kind } })
  const [provisional, corrections] = [await kinds('provisional'), await kinds('correction')]
  return {
    name: 'what was charged provisionally was corrected',
    holds: corrections === provisional,
    told: `${corrections} of ${provisional}`,
  }
}
