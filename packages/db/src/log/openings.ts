import { nodeIdOf, type Budget, type BudgetNode } from '@tollkeeper/domain/budget'
import type { OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import { windowOf, type Instant } from '@tollkeeper/domain/time'
import { spentByLedger, spentByPerson } from '../budgets/index.ts'
import type { Db } from '../client.ts'

/**
 * Where the counters of budgets stood at a moment on a full local hour, by the ledger: what a replay from then on begins
 * with. Counters of later windows begin at nothing.
 */
export async function openingsAt(
  db: Db,
  orgId: OrgId,
  budgets: readonly Budget[],
  calendar: { zone: string; at: Instant },
): Promise<(node: BudgetNode) => NanoUsd> {
  const asked = budgets.map((budget) => {
    const { id, startMs } = windowOf(budget.period, calendar.zone, calendar.at)
    return { budget, subject: null, window: { id, startMs, endMs: calendar.at } }
  })
  const begun = asked.filter(({ window }) => window.startMs < calendar.at)
  const pools = await spentByLedger(
    db,
    orgId,
    begun.filter(({ budget }) => budget.sharing === 'pool'),
  )
  const spent = new Map(pools)
  for (const { budget, window } of begun.filter(({ budget }) => budget.sharing === 'each')) {
    const people = await spentByPerson(db, orgId, { scope: budget.scope, window })
    for (const [person, amount] of people) spent.set(nodeIdOf(budget.id, person, window.id), amount)
  }
  return (node) => spent.get(node.id) ?? 0n
}
