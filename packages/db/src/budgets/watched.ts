import type { Budget } from '@tollkeeper/domain/budget'
import type { OrgId } from '@tollkeeper/domain/id'
import type { Scope } from '@tollkeeper/domain/scope'
import type { Db } from '../client.ts'
import { readBudgets, scopeColumns } from './rows.ts'

/** The budgets of several scopes, in the order they were made. */
export async function ofScopes(db: Db, orgId: OrgId, scopes: readonly Scope[]): Promise<Budget[]> {
  if (scopes.length === 0) return []
  const rows = await db.budget.findMany({
    where: { orgId, deletedAt: null, OR: idsByKind(scopes) },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
  return readBudgets(db, orgId, rows)
}

/** As many conditions as there are kinds, however many scopes. */
const idsByKind = (scopes: readonly Scope[]) =>
  [...Map.groupBy(scopes, (scope) => scope.kind).values()].flatMap((of) => {
    const [first] = of
    return first ? [{ scopeKind: scopeColumns(first).scopeKind, scopeId: { in: of.map((scope) => scope.id) } }] : []
  })

/**
 * The budgets that may be running out: all but those of keys that nobody used since `since`. Of the keys, the
 * `mostKeys` used last, so that half a million of them cost no more than a few hundred.
 */
export async function watched(db: Db, orgId: OrgId, of: { since: Date; mostKeys: number }): Promise<Budget[]> {
  const keys = await db.apiKey.findMany({
    where: { orgId, status: 'active', lastUsedAt: { gte: of.since } },
    orderBy: { lastUsedAt: 'desc' },
    take: of.mostKeys,
    select: { id: true },
  })
  const rows = await db.budget.findMany({
    where: {
      orgId,
      deletedAt: null,
      OR: [{ scopeKind: { not: 'key' } }, { scopeKind: 'key', scopeId: { in: keys.map((key) => key.id) } }],
    },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
  return readBudgets(db, orgId, rows)
}
