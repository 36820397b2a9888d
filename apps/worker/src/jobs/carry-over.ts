import type { Carry, CarryDue } from '@tollkeeper/db/carries'
import { carryOf } from '@tollkeeper/domain/budget'
import type { OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { Instant } from '@tollkeeper/domain/time'
import { defineJob } from '../job.ts'

export type CarryPorts = {
  organisations: () => Promise<readonly OrgId[]>
  /** The clock that decides windows. */
  storeNow: () => Promise<Instant>
  due: (orgId: OrgId, at: Instant) => Promise<readonly CarryDue[]>
  /** Counters of windows that are over; absent where nobody spent, or where they were lost. */
  counters: (orgId: OrgId, nodeIds: readonly string[]) => Promise<ReadonlyMap<string, { used: NanoUsd; held: NanoUsd }>>
  /** Gives how many budgets have more than before. */
  save: (orgId: OrgId, carries: readonly Carry[]) => Promise<number>
}

/**
 * Carries what is left of a window into the next one, when the store's clock says that it is over: from then on nothing
 * new is held in it. Until this has run nothing is carried, so a dead worker gives too little and never too much.
 */
export const carryOver = defineJob<CarryPorts>({
  name: 'carry-over',
  run: async (ports) => {
    let carried = 0
    for (const orgId of await ports.organisations()) {
      const due = await ports.due(orgId, await ports.storeNow())
      const counters = await ports.counters(
        orgId,
        due.map((each) => each.over),
      )
      carried += await ports.save(
        orgId,
        due.map((each) => carryNow(each, counters.get(each.over))),
      )
    }
    return { carried }
  },
})

/** Final as soon as nothing is held any more, and the ledger has everything that the counter has. */
function carryNow(due: CarryDue, counter: { used: NanoUsd; held: NanoUsd } | undefined): Carry {
  const { budgetId, subject, window, limit, spent, charged, cap } = due
  const named = { budgetId, subject, window }
  // There was a counter and it is gone: what else it had counted cannot be known, so nothing is carried.
  if (!counter && charged) return { ...named, amount: 0n, final: true }
  const { used, held } = counter ?? { used: spent, held: 0n }
  const amount = carryOf({ limit, used: used > spent ? used : spent, held }, cap)
  return { ...named, amount, final: held === 0n && used === spent }
}
