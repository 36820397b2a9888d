import type { BudgetId, MemberId, OrgId } from '@tollkeeper/domain/id'
import { maxLimitNano, type NanoUsd } from '@tollkeeper/domain/price'
import type { Instant } from '@tollkeeper/domain/time'
import { atomic } from '../atomic.ts'
import { raiseVersion } from '../budgets/version.ts'
import type { Db } from '../client.ts'
import { makeId } from '../ids.ts'
import { done, no, type Outcome } from '../outcome.ts'
import { noteOrgChange } from '../policies/outbox.ts'

/** More on a budget until a time, with who gave it and why. */
export type GivenRaise = {
  id: string
  budgetId: BudgetId
  subject: string | null
  amount: NanoUsd
  from: Date
  until: Date
  reason: string
  givenBy: { id: MemberId; name: string }
  requestId: string | null
}

export type NewRaise = Pick<GivenRaise, 'budgetId' | 'subject' | 'amount' | 'until' | 'reason' | 'givenBy'> & {
  requestId?: string
}

/** A raise is an exception, not a limit: it lasts at most this long. */
export const longestRaiseMs = 92 * 86_400_000

export type RaiseRefusal = 'not-found' | 'amount' | 'until' | 'too-many'

/** So many at a time on one budget; each of them is in the policy that every proxy reads. */
const mostAtATime = 50

/**
 * Gives a budget more until a time, from now on. Nothing has to happen when it ends: the policy says when, and whoever
 * holds on it afterwards brings the limit without it.
 */
export async function give(
  db: Db,
  orgId: OrgId,
  raise: NewRaise,
  at = new Date(),
): Promise<Outcome<GivenRaise, RaiseRefusal>> {
  const { budgetId, amount, until } = raise
  if (amount <= 0n || amount > maxLimitNano) return no('amount')
  if (!isSoon(until, at.getTime())) return no('until')
  return atomic(db, async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM organisation WHERE id = ${orgId} FOR UPDATE`
    const budget = await tx.budget.findFirst({ where: { orgId, id: budgetId, deletedAt: null } })
    if (!budget) return no('not-found')
    const live = await tx.budgetRaise.count({ where: { orgId, budgetId, until: { gt: at } } })
    if (live >= mostAtATime) return no('too-many')
    const row = await tx.budgetRaise.create({
      data: {
        orgId,
        id: makeId('raise'),
        budgetId,
        subject: raise.subject,
        amountNano: amount,
        from: at,
        until,
        reason: raise.reason,
        givenBy: raise.givenBy.id,
        givenByName: raise.givenBy.name,
        requestId: raise.requestId ?? null,
      },
    })
    await raiseVersion(tx, orgId, budgetId, at)
    await noteOrgChange(tx, orgId)
    return done(fromRow(row))
  })
}

/** Whether a raise may end then. */
export const isSoon = (until: Date, at: Instant): boolean =>
  until.getTime() > at && until.getTime() <= at + longestRaiseMs

/** Raises that are not over, by the time they end. */
export async function live(db: Db, orgId: OrgId, at = new Date()): Promise<GivenRaise[]> {
  const rows = await db.budgetRaise.findMany({
    where: { orgId, until: { gt: at } },
    orderBy: [{ until: 'asc' }, { id: 'asc' }],
  })
  return rows.map(fromRow)
}

/** Ends a raise now. Gives it as it was; undefined when there is none that still runs. */
export async function end(db: Db, orgId: OrgId, id: string, at = new Date()): Promise<GivenRaise | undefined> {
  return atomic(db, async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM organisation WHERE id = ${orgId} FOR UPDATE`
    const row = await tx.budgetRaise.findFirst({ where: { orgId, id, until: { gt: at } } })
    if (!row) return undefined
    await tx.budgetRaise.update({ where: { orgId_id: { orgId, id } }, data: { until: at } })
    await raiseVersion(tx, orgId, row.budgetId, at)
    await noteOrgChange(tx, orgId)
    return fromRow(row)
  })
}

type Row = NonNullable<Awaited<ReturnType<Db['budgetRaise']['findFirst']>>>

const fromRow = (row: Row): GivenRaise => ({
  id: row.id,
  budgetId: row.budgetId as BudgetId,
  subject: row.subject,
  amount: row.amountNano,
  from: row.from,
  until: row.until,
  reason: row.reason,
  givenBy: { id: row.givenBy as MemberId, name: row.givenByName },
  requestId: row.requestId,
})
