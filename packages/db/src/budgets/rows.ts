import type { Budget } from '@tollkeeper/domain/budget'
import type { BudgetId, OrgId } from '@tollkeeper/domain/id'
import { scopeText, type Scope } from '@tollkeeper/domain/scope'
import type { Db } from '../client.ts'
import type { Budget as Row } from '../generated/client.ts'
import { namesOf } from '../scope-names.ts'
import { additionsOf } from './additions.ts'
import { scopeKindFromRow, scopeKindToRow } from '../scopes.ts'

/** Budgets of scopes that still exist, with the scopes' names and what is added to their limits now. */
export async function readBudgets(db: Db, orgId: OrgId, rows: readonly Row[]): Promise<Budget[]> {
  const names = await namesOf(db, orgId, rows.map(scopeOf))
  const { raises, carried } = await additionsOf(
    db,
    orgId,
    rows.map((row) => row.id),
  )
  return rows.flatMap((row) => {
    const name = names.get(scopeText(scopeOf(row)))
    if (name === undefined) return []
    const more = { raises: raises.get(row.id), carried: carried.get(row.id) }
    return [
      {
        ...fromRow(row, name),
        ...(more.raises ? { raises: more.raises } : {}),
        ...(more.carried ? { carried: more.carried } : {}),
      },
    ]
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
    ...(row.carryOverNano === null ? {} : { carryOver: row.carryOverNano }),
    opening: openingWindow === null || openingNano === null ? null : { window: openingWindow, amount: openingNano },
  }
}
