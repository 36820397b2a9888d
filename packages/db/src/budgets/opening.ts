import type { OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { Scope } from '@tollkeeper/domain/scope'
import { windowOf, type BudgetPeriod, type BudgetWindow, type Instant } from '@tollkeeper/domain/time'
import type { Db } from '../client.ts'

const columnOf = {
  team: 'teamId',
  'role-group': 'roleGroupId',
  role: 'roleId',
  user: 'memberId',
  key: 'keyId',
} as const satisfies Record<Exclude<Scope['kind'], 'organisation'>, string>

/**
 * What the ledger says a scope spent in a window, from the hourly sums (windows begin and end on full local hours).
 * Charges still on their way to the ledger, some hundred ms worth, are not in it.
 */
async function spentIn(
  db: Db,
  orgId: OrgId,
  of: { scope: Scope; period: BudgetPeriod; window: BudgetWindow },
): Promise<NanoUsd> {
  const { scope, period, window } = of
  const hour = period === 'all' ? {} : { hour: { gte: new Date(window.startMs), lt: new Date(window.endMs) } }
  const scoped = scope.kind === 'organisation' ? {} : { [columnOf[scope.kind]]: scope.id }
  const { _sum: sum } = await db.usageHour.aggregate({ where: { orgId, ...hour, ...scoped }, _sum: { costNano: true } })
  const spent = sum.costNano ?? 0n
  // A correction may arrive before the charge it corrects; a counter never begins below 0.
  return spent > 0n ? spent : 0n
}

/** Where a new budget's counter begins in the window of `at`; nothing for `each`, which has a counter per person. */
export async function openingOf(
  db: Db,
  orgId: OrgId,
  of: { scope: Scope; period: BudgetPeriod; sharing: 'pool' | 'each'; zone: string; at: Instant },
): Promise<{ openingWindow: string; openingNano: NanoUsd } | undefined> {
  if (of.sharing === 'each') return undefined
  const window = windowOf(of.period, of.zone, of.at)
  return { openingWindow: window.id, openingNano: await spentIn(db, orgId, { ...of, window }) }
}
