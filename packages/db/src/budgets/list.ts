import { nodeIdOf, type Budget } from '@tollkeeper/domain/budget'
import type { BudgetId, OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { Scope, ScopeKind } from '@tollkeeper/domain/scope'
import { windowOf, type BudgetWindow, type Instant } from '@tollkeeper/domain/time'
import type { Db } from '../client.ts'
import { scopeKindToRow } from '../scopes.ts'
import { readBudgets, scopeColumns } from './rows.ts'

/** An organisation's budgets in the order they were made; `kinds` narrows to kinds of scope. */
export async function list(db: Db, orgId: OrgId, filter: { kinds?: readonly ScopeKind[] } = {}): Promise<Budget[]> {
  const kinds = filter.kinds && { scopeKind: { in: filter.kinds.map(scopeKindToRow) } }
  const rows = await db.budget.findMany({
    where: { orgId, deletedAt: null, ...kinds },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
  return readBudgets(db, orgId, rows)
}

/** The budgets of one scope, shortest period first. */
export async function byScope(db: Db, orgId: OrgId, scope: Scope): Promise<Budget[]> {
  const rows = await db.budget.findMany({
    where: { orgId, deletedAt: null, ...scopeColumns(scope) },
    orderBy: [{ period: 'asc' }, { sharing: 'asc' }],
  })
  return readBudgets(db, orgId, rows)
}

export async function one(db: Db, orgId: OrgId, id: BudgetId): Promise<Budget | undefined> {
  const rows = await db.budget.findMany({ where: { orgId, id, deletedAt: null } })
  return (await readBudgets(db, orgId, rows))[0]
}

/** Whether an organisation has any budget at all. */
export const any = async (db: Db, orgId: OrgId): Promise<boolean> =>
  (await db.budget.findFirst({ where: { orgId, deletedAt: null }, select: { id: true } })) !== null

/** Those of the budgets with these ids that are live. */
export async function byIds(db: Db, orgId: OrgId, ids: readonly BudgetId[]): Promise<Budget[]> {
  const rows = await db.budget.findMany({ where: { orgId, id: { in: [...ids] }, deletedAt: null } })
  return readBudgets(db, orgId, rows)
}

/**
 * The counter of a budget at a moment: its id in the store, its window, and where it begins if the store has none yet.
 * `subject` is the person, or the key that belongs to nobody, of an `each` budget.
 */
export function nodeAt(
  budget: Budget,
  calendar: { zone: string; at: Instant },
  subject: string | null = null,
): { id: string; window: BudgetWindow; opening: NanoUsd } {
  const window = windowOf(budget.period, calendar.zone, calendar.at)
  const opening = subject === null && budget.opening?.window === window.id ? budget.opening.amount : 0n
  return { id: nodeIdOf(budget.id, subject, window.id), window, opening }
}
