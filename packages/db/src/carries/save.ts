import type { OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import { atomic } from '../atomic.ts'
import { raiseVersion } from '../budgets/version.ts'
import type { Db } from '../client.ts'
import { noteOrgChange } from '../policies/outbox.ts'
import type { CarryDue } from './due.ts'

export type Carry = Pick<CarryDue, 'budgetId' | 'subject' | 'window'> & { amount: NanoUsd; final: boolean }

/**
 * Keeps what is carried over. An amount that is there already may grow and never shrinks, and a final one stays: whoever
 * computes it twice, or late, takes nothing back. Gives how many budgets have more than before.
 */
export async function saveCarries(db: Db, orgId: OrgId, carries: readonly Carry[], at = new Date()): Promise<number> {
  if (carries.length === 0) return 0
  return atomic(db, async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM organisation WHERE id = ${orgId} FOR UPDATE`
    const grown = new Set<string>()
    for (const { budgetId, subject, window, amount, final } of carries) {
      const id = { orgId, budgetId, subject: subject ?? '', window }
      const there = await tx.budgetCarry.findUnique({ where: { orgId_budgetId_subject_window: id } })
      if (there?.final) continue
      const before = there?.amountNano ?? 0n
      const now = amount > before ? amount : before
      await tx.budgetCarry.upsert({
        where: { orgId_budgetId_subject_window: id },
        create: { ...id, amountNano: now, final },
        update: { amountNano: now, final },
      })
      if (now > before) grown.add(budgetId)
    }
    for (const budgetId of grown) await raiseVersion(tx, orgId, budgetId, at)
    if (grown.size > 0) await noteOrgChange(tx, orgId)
    return grown.size
  })
}
