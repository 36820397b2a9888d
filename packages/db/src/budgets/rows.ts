import type { Budget } from '@tollkeeper/domain/budget'
import type { BudgetId, OrgId } from '@tollkeeper/domain/id'
import { scopeText, type Scope } from '@tollkeeper/domain/scope'
import type { Db } from '../client.ts'
import type { Budget as Row } from '../generated/client.ts'
import { namesOf } from '../scope-names.ts'
import { scopeKindFromRow, scopeKindToRow } from '../scopes.ts'

/** Budgets of scopes that still exist, with the scopes' names. */
export async function readBudgets(db: Db, orgId: OrgId, rows: readonly Row[]): Promise<Budget[]> {
  const names = await namesOf(db, orgId, rows.map(scopeOf))
  return rows.flatMap((row) => {
    const name = names.get(scopeText(scopeOf(row)))
    return name === undefined ? [] : [fromRow(row, name)]
  })
}

export const scopeOf = (row: Pick<Row, 'scopeKind' | 'scopeId'>): Scope => ({
  kind: scopeKindFromRow(row.scopeKind),
  id: row.scopeId,
})

export const scopeColumns = (scope: Scope) => ({ scopeKind: scopeKindToRow(scope.kind), scopeId: scope.id })

export function fromRow(row: Row, scopeName: string): Budget {
  const { openingWindow, openingNano } = row
  return {
    id: row.id as BudgetId,
    scope: { ...scopeOf(row), name: scopeName },
    period: row.period,
    limit: row.limitNano,
    mode: row.mode,
    sharing: row.sharing,
    version: row.version,
    opening: openingWindow === null || openingNano === null ? null : { window: openingWindow, amount: openingNano },
  }
}
