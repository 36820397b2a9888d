import type { Budget, BudgetMode, BudgetSharing } from '@tollkeeper/domain/budget'
import type { BudgetId, OrgId } from '@tollkeeper/domain/id'
import { maxLimitNano, type NanoUsd } from '@tollkeeper/domain/price'
import type { Scope } from '@tollkeeper/domain/scope'
import { windowOf, type BudgetPeriod, type Instant } from '@tollkeeper/domain/time'
import { atomic } from '../atomic.ts'
import type { Db } from '../client.ts'
import type { Budget as Row } from '../generated/client.ts'
import { makeId } from '../ids.ts'
import { done, no, type Outcome } from '../outcome.ts'
import { noteOrgChange } from '../policies/outbox.ts'
import { liveNameOf } from '../scope-names.ts'
import { openingOf } from './opening.ts'
import { fromRow, scopeColumns, scopeOf } from './rows.ts'
import { raiseVersion } from './version.ts'

export type BudgetInput = {
  /** The budget to edit. Without it: the scope's budget of that period and sharing, or a new one. */
  id?: BudgetId
  scope: Scope
  period: BudgetPeriod
  /** nano-USD, at most 9,000,000 USD. */
  limit: NanoUsd
  mode: BudgetMode
  /** A person or a key is one subject, so theirs is always a pool. */
  sharing: BudgetSharing
  /** nano-USD that may be carried into the next window; null: none; absent: as before. An all-time budget has no next window. */
  carryOver?: NanoUsd | null
}

/** `taken`: the scope has another budget of that period and sharing. */
export type BudgetRefusal = 'not-found' | 'no-scope' | 'taken' | 'limit'

/**
 * Creates or changes a budget. A changed limit or mode keeps the id and therefore the counter; a changed period or
 * sharing ends the budget and begins another, whose counter starts with what the ledger says the scope spent in the
 * current window.
 */
export async function set(
  db: Db,
  orgId: OrgId,
  input: BudgetInput,
  at = new Date(),
): Promise<Outcome<Budget, BudgetRefusal>> {
  if (input.limit < 0n || input.limit > maxLimitNano) return no('limit')
  return atomic(db, async (tx) => {
    const name = await liveNameOf(tx, orgId, input.scope)
    if (name === undefined) return no('no-scope')
    const zone = await lockZone(tx, orgId)
    const sharing = input.scope.kind === 'user' || input.scope.kind === 'key' ? 'pool' : input.sharing
    const wanted = { ...input, sharing }
    const live = await tx.budget.findMany({ where: { orgId, deletedAt: null, ...scopeColumns(input.scope) } })
    const same = live.find((row) => row.period === wanted.period && row.sharing === wanted.sharing)
    const edited = input.id === undefined ? same : live.find((row) => row.id === input.id)
    if (input.id !== undefined && !edited) return no('not-found')
    if (same && same.id !== edited?.id) return no('taken')
    let row: Row
    if (edited && same) row = await changeLimit(tx, orgId, edited.id, wanted, at)
    else {
      if (edited) await end(tx, orgId, edited.id, at)
      row = await begin(tx, orgId, wanted, { zone, at: at.getTime() })
    }
    await noteOrgChange(tx, orgId)
    return done(fromRow(row, name))
  })
}

/** The organisation's zone; until the end of the transaction nobody else changes its budgets or zone. */
async function lockZone(tx: Db, orgId: OrgId): Promise<string> {
  const [org] = await tx.$queryRaw<{ zone: string }[]>`
    SELECT time_zone AS zone FROM organisation WHERE id = ${orgId} FOR UPDATE`
  if (!org) throw new Error('The organisation is gone')
  return org.zone
}

/** Ends a budget: nothing is limited by it from now on. Its row stays, since ledger rows name it. */
export async function remove(db: Db, orgId: OrgId, id: BudgetId, at = new Date()): Promise<boolean> {
  return atomic(db, async (tx) => {
    if (!(await end(tx, orgId, id, at))) return false
    await noteOrgChange(tx, orgId)
    return true
  })
}

/**
 * After a change of time zone: the counters of windows that now begin at another moment would start at nothing, so
 * their budgets end and begin anew with what was spent. `each` budgets have a counter per person and go on.
 */
export async function reopenBudgets(
  tx: Db,
  orgId: OrgId,
  calendar: { from: string; to: string; at: Instant },
): Promise<void> {
  const rows = await tx.budget.findMany({ where: { orgId, deletedAt: null, sharing: 'pool' } })
  for (const row of rows) {
    const [before, after] = [calendar.from, calendar.to].map((zone) => windowOf(row.period, zone, calendar.at).id)
    if (before === after) continue
    await end(tx, orgId, row.id, new Date(calendar.at))
    const input = { ...row, scope: scopeOf(row), limit: row.limitNano, carryOver: row.carryOverNano }
    const anew = await begin(tx, orgId, input, { zone: calendar.to, at: calendar.at })
    const at = new Date(calendar.at)
    const running = { orgId, budgetId: row.id, until: { gt: at } }
    await tx.budgetRaise.updateMany({ where: running, data: { budgetId: anew.id } })
    await raiseVersion(tx, orgId, anew.id, at)
  }
}

/** Makes a budget without looking for another one. The caller notes the change of policy. */
export async function begin(
  tx: Db,
  orgId: OrgId,
  input: Omit<BudgetInput, 'id'>,
  calendar: { zone: string; at: Instant },
): Promise<Row> {
  const { scope, period, limit, mode, sharing } = input
  const opening = await openingOf(tx, orgId, { scope, period, sharing, ...calendar })
  return tx.budget.create({
    data: {
      orgId,
      id: makeId('budget'),
      ...scopeColumns(scope),
      period,
      limitNano: limit,
      mode,
      sharing,
      carryOverNano: carryOverOf(input),
      createdAt: new Date(calendar.at),
      ...opening,
    },
  })
}

async function changeLimit(tx: Db, orgId: OrgId, id: string, to: BudgetInput, at: Date): Promise<Row> {
  await raiseVersion(tx, orgId, id, at)
  return tx.budget.update({
    where: { orgId_id: { orgId, id } },
    data: {
      limitNano: to.limit,
      mode: to.mode,
      ...(to.carryOver === undefined ? {} : { carryOverNano: carryOverOf(to) }),
    },
  })
}

const carryOverOf = ({ period, carryOver }: Pick<BudgetInput, 'period' | 'carryOver'>): NanoUsd | null =>
  period === 'all' ? null : (carryOver ?? null)

async function end(tx: Db, orgId: OrgId, id: string, at: Date): Promise<boolean> {
  const { count } = await tx.budget.updateMany({ where: { orgId, id, deletedAt: null }, data: { deletedAt: at } })
  return count === 1
}

/** Ends every budget of scopes that are going away. The caller notes the change of policy. */
export async function endOfScopes(tx: Db, orgId: OrgId, scopes: readonly Scope[], at = new Date()): Promise<void> {
  if (scopes.length === 0) return
  await tx.budget.updateMany({
    where: { orgId, deletedAt: null, OR: scopes.map(scopeColumns) },
    data: { deletedAt: at },
  })
}
