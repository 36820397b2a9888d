import { nodeIdOf } from '@tollkeeper/domain/budget'
import type { OrgId } from '@tollkeeper/domain/id'
import { chainOf, scopeText, type ScopeIds } from '@tollkeeper/domain/scope'
import { windowOf } from '@tollkeeper/domain/time'
import { scopeOf } from '../budgets/rows.ts'
import type { Db } from '../client.ts'
import type { LedgerEntry as Row } from '../generated/client.ts'

/**
 * Counters that a charge is part of without naming them: of shared budgets that were made later in the same window, and
 * opened with what the ledger had by then.
 */
export async function openedBudgets(db: Db, orgId: OrgId): Promise<(charge: Row) => string[]> {
  const org = await db.organisation.findUniqueOrThrow({ where: { id: orgId }, select: { timeZone: true } })
  const budgets = await db.budget.findMany({ where: { orgId, deletedAt: null, openingWindow: { not: null } } })
  const byScope = Map.groupBy(budgets, (budget) => scopeText(scopeOf(budget)))
  return (charge) => {
    const ids = { ...charge, userId: charge.memberId } as unknown as ScopeIds
    return chainOf(ids)
      .flatMap((scope) => byScope.get(scopeText(scope)) ?? [])
      .filter((budget) => {
        const window = windowOf(budget.period, org.timeZone, charge.at.getTime())
        return charge.recordedAt < budget.createdAt && window.id === budget.openingWindow
      })
      .map((budget) => nodeIdOf(budget.id, null, budget.openingWindow ?? ''))
      .filter((node) => !charge.nodes.includes(node))
  }
}
