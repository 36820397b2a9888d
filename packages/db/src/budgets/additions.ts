import type { Budget } from '@tollkeeper/domain/budget'
import type { OrgId } from '@tollkeeper/domain/id'
import type { Db } from '../client.ts'

/** What is added to the limits of budgets now: raises that are not over, and what was carried over. By budget. */
export type Additions = {
  raises: ReadonlyMap<string, NonNullable<Budget['raises']>>
  carried: ReadonlyMap<string, NonNullable<Budget['carried']>>
}

/** Carried amounts of windows that began longer ago are in no current window: months have at most 31 days. */
const keptMs = 32 * 86_400_000

export async function additionsOf(db: Db, orgId: OrgId, ids: readonly string[], at = new Date()): Promise<Additions> {
  if (ids.length === 0) return { raises: new Map(), carried: new Map() }
  const budgetId = { in: [...ids] }
  const raises = await db.budgetRaise.findMany({
    where: { orgId, budgetId, until: { gt: at } },
    orderBy: [{ from: 'asc' }, { id: 'asc' }],
  })
  const carries = await db.budgetCarry.findMany({ where: { orgId, budgetId, amountNano: { gt: 0 } } })
  const recent = carries.filter(({ window }) => Number(window.slice(1)) * 1_000 > at.getTime() - keptMs)
  return {
    raises: grouped(raises, ({ subject, amountNano, from, until }) => ({
      subject,
      amount: amountNano,
      fromMs: from.getTime(),
      untilMs: until.getTime(),
    })),
    carried: grouped(recent, ({ subject, window, amountNano }) => ({
      subject: subject === '' ? null : subject,
      window,
      amount: amountNano,
    })),
  }
}

function grouped<Row extends { budgetId: string }, To>(rows: readonly Row[], to: (row: Row) => To): Map<string, To[]> {
  const groups = new Map<string, To[]>()
  for (const row of rows) {
    const there = groups.get(row.budgetId)
    if (there) there.push(to(row))
    else groups.set(row.budgetId, [to(row)])
  }
  return groups
}
