import { list } from '@tollkeeper/db/budgets'
import type { Database } from '@tollkeeper/db/client'
import { nodeIdOf } from '@tollkeeper/domain/budget'
import type { OrgId } from '@tollkeeper/domain/id'
import { windowOf } from '@tollkeeper/domain/time'
import * as organisations from '@tollkeeper/db/organisations'
import * as members from '@tollkeeper/db/members'
import type { Tenant } from '../plant/tenants.ts'

/** The counters of a run and what they may hold at most. */
export type BudgetLimits = {
  /** Counters that may exist now, by organisation. */
  nodes(): Promise<readonly { orgId: OrgId; nodes: readonly string[] }[]>
  /** The highest limit that a budget had since the run began; null when it is soft. */
  highest(budgetId: string): bigint | null
  /** Reads the budgets again: after a fault has changed one. */
  refresh(): Promise<void>
}

/** Remembers every limit that the budgets of these tenants ever had. `now`: what time it is for the product. */
export async function budgetLimits(
  database: Database,
  tenants: readonly Tenant[],
  now: () => number,
): Promise<BudgetLimits> {
  const highest = new Map<string, bigint | null>()
  const nodes = new Map<OrgId, Set<string>>()
  async function refresh(): Promise<void> {
    for (const { orgId } of tenants) {
      const zone = (await organisations.one(database.prisma, orgId))?.timeZone ?? 'UTC'
      const people = await members.list(database.prisma, orgId)
      const there = nodes.get(orgId) ?? new Set<string>()
      nodes.set(orgId, there)
      for (const budget of await list(database.prisma, orgId)) {
        const before = highest.get(budget.id) ?? 0n
        highest.set(budget.id, budget.mode === 'soft' ? null : budget.limit > before ? budget.limit : before)
        const window = windowOf(budget.period, zone, now()).id
        const subjects = budget.sharing === 'each' ? people.map(({ id }) => id) : [null]
        for (const subject of subjects) there.add(nodeIdOf(budget.id, subject, window))
      }
    }
  }
  await refresh()
  return {
    nodes: async () => [...nodes].map(([orgId, ids]) => ({ orgId, nodes: [...ids] })),
    highest: (budgetId) => highest.get(budgetId) ?? null,
    refresh,
  }
}
