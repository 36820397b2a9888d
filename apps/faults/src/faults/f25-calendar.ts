import { setTimeout as sleep } from 'node:timers/promises'
import * as budgets from '@tollkeeper/db/budgets'
import { parseNodeId } from '@tollkeeper/domain/budget'
import { windowOf, type BudgetPeriod } from '@tollkeeper/domain/time'
import { cannotMoveClocks } from '../plant/clock/movable-clock.ts'
import { valueOf } from '../plant/tenants.ts'
import type { Condition, Fault, Lab } from './fault.ts'

/** Four or five zones share each turn of the month, so that a run of some seconds sees all of them. */
const timeZones = [
  'Australia/Lord_Howe',
  'Pacific/Noumea',
  'Pacific/Guadalcanal',
  'Asia/Magadan',
  'Asia/Kathmandu',
  'Europe/Berlin',
  'Africa/Lagos',
  'Africa/Algiers',
  'UTC',
  'Europe/London',
  'Africa/Abidjan',
  'Atlantic/Reykjavik',
  'America/New_York',
  'America/Lima',
  'America/Jamaica',
  'America/Panama',
]

/** A leap day, its end, which is the end of the month in each of the zones, and clocks that change. */
const turns = [
  '2028-02-29T00:00:00Z',
  '2028-02-29T13:00:00Z',
  '2028-02-29T18:15:00Z',
  '2028-02-29T23:00:00Z',
  '2028-03-01T00:00:00Z',
  '2028-03-01T05:00:00Z',
  // New York skips an hour, Berlin and London do, Lord Howe repeats half of one.
  '2028-03-12T07:00:00Z',
  '2028-03-26T01:00:00Z',
  '2028-04-01T15:00:00Z',
].map((text) => Date.parse(text))

/** How long before a turn the clock is set, and how long the load goes on over it. */
const beforeMs = 2_500
const overMs = 6_000
const [first = 0] = turns

export const calendar: Fault = {
  id: 'F25',
  title: 'a leap day, the turn of a month and changes of the clock, in 16 zones',
  load: 'L1',
  // Each time the clock goes forward, leases end at once: what runs is charged provisionally, and corrected.
  evidenceLost: true,
  timeZones,
  wish: { calendarFrom: first - 1_800_000 },
  cannotRun: cannotMoveClocks,
  async inflict({ plant, tenants, limits, healed }) {
    if (!plant.calendar) throw new Error('The clock of this plant cannot be moved')
    for (const { orgId } of tenants) {
      const scope = { kind: 'organisation', id: orgId } as const
      for (const period of ['hour', 'day'] as const) {
        const limit = 500_000_000_000n
        valueOf(await budgets.set(plant.db.prisma, orgId, { scope, period, limit, mode: 'hard', sharing: 'pool' }))
      }
    }
    for (const turn of turns) {
      plant.calendar.set(turn - beforeMs - Date.now())
      await limits.refresh()
      await sleep(overMs)
      await limits.refresh()
    }
    healed()
    return []
  },
  afterwards: async (lab) => windowsOf(lab),
}

/** Between a proxy's look at its clock and the store's. */
const slackMs = 2_000

/** Each attempt is charged in one window of each of its budgets, and that is the one in which it was held. */
async function windowsOf({ plant, tenants }: Lab): Promise<Condition[]> {
  const wrong: string[] = []
  const months = new Map<string, Set<string>>()
  for (const [at, { orgId }] of tenants.entries()) {
    const zone = timeZones[at] ?? 'UTC'
    const all = await budgets.list(plant.db.prisma, orgId)
    const periods = new Map<string, BudgetPeriod>(all.map(({ id, period }) => [id, period]))
    const windows = new Map<string, string>()
    for (const row of await plant.db.prisma.ledgerEntry.findMany({ where: { orgId } })) {
      for (const node of row.nodes) {
        const named = parseNodeId(node)
        const period = named && periods.get(named.budgetId)
        if (!named || !period) continue
        if (period === 'month') months.set(zone, (months.get(zone) ?? new Set()).add(named.windowId))
        const counter = `${row.attemptId} ${named.budgetId}`
        const before = windows.get(counter) ?? named.windowId
        windows.set(counter, named.windowId)
        const around = [-slackMs, 0, slackMs].map((ms) => windowOf(period, zone, row.at.getTime() + ms).id)
        if (before !== named.windowId || !around.includes(named.windowId)) wrong.push(`${counter} in ${named.windowId}`)
      }
    }
  }
  const crossed = [...months.values()].filter((ids) => ids.size > 1).length
  return [
    {
      name: 'each attempt is in one window, the one of its hold',
      holds: wrong.length === 0,
      told: `${wrong.length} are not ${wrong.slice(0, 3).join(', ')}`,
    },
    {
      name: 'a month turned in every zone while requests ran',
      holds: crossed === timeZones.length,
      told: `${crossed} of ${timeZones.length} zones`,
    },
  ]
}
