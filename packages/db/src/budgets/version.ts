import type { OrgId } from '@tollkeeper/domain/id'
import type { Db } from '../client.ts'

/**
 * Raises the version of a budget that changes, in the transaction of the change and after it: by one, and by one for
 * each moment at which a raise of it begins or ends, since the limits in between take the versions before
 * (`budgetAt` of the domain).
 */
export async function raiseVersion(tx: Db, orgId: OrgId, id: string, at: Date): Promise<void> {
  const live = await tx.budgetRaise.count({ where: { orgId, budgetId: id, until: { gt: at } } })
  await tx.budget.update({
    where: { orgId_id: { orgId, id } },
    data: { version: { increment: 1 + 2 * live } },
  })
}
