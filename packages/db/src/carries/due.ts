import { nodeIdOf } from '@tollkeeper/domain/budget'
import type { BudgetId, OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import { windowOf, type Instant } from '@tollkeeper/domain/time'
import { scopeOf } from '../budgets/rows.ts'
import type { Db } from '../client.ts'
import { peopleOf } from './people.ts'

/** A counter whose window is over, and what of it may be carried into the window that has begun. */
export type CarryDue = {
  budgetId: BudgetId
  subject: string | null
  /** The window that has begun, and the counter of the one that is over. */
  window: string
  over: string
  /** Of the window that is over. */
  limit: NanoUsd
  /** What the ledger says was spent in it, with what it was opened with. */
  spent: NanoUsd
  /** Whether the ledger charged its counter, which therefore existed. */
  charged: boolean
  cap: NanoUsd
}

/** Organisations with a budget that carries anything over. */
export async function carryingOrganisations(db: Db): Promise<OrgId[]> {
  const rows = await db.budget.findMany({
    where: { carryOverNano: { not: null }, deletedAt: null },
    distinct: ['orgId'],
    select: { orgId: true },
  })
  return rows.map((row) => row.orgId as OrgId)
}

/** What is to be carried into the windows of `at` and is not final yet. A budget made since then had no window before. */
export async function carriesDue(db: Db, orgId: OrgId, at: Instant): Promise<CarryDue[]> {
  const org = await db.organisation.findUnique({ where: { id: orgId }, select: { timeZone: true } })
  if (!org) return []
  const zone = org.timeZone
  const rows = await db.budget.findMany({ where: { orgId, deletedAt: null, carryOverNano: { not: null } } })
  const due: (CarryDue & { startMs: Instant })[] = []
  for (const row of rows) {
    const window = windowOf(row.period, zone, at)
    if (row.createdAt.getTime() >= window.startMs || row.period === 'all') continue
    const before = windowOf(row.period, zone, window.startMs - 1)
    const done = await db.budgetCarry.findMany({
      where: { orgId, budgetId: row.id, window: window.id, final: true },
      select: { subject: true },
    })
    const ready = new Set(done.map((carry) => carry.subject))
    const subjects = row.sharing === 'pool' ? [null] : await peopleOf(db, orgId, scopeOf(row), new Date(window.startMs))
    for (const subject of subjects.filter((each) => !ready.has(each ?? ''))) {
      due.push({
        budgetId: row.id as BudgetId,
        subject,
        window: window.id,
        over: nodeIdOf(row.id, subject, before.id),
        limit: row.limitNano,
        spent: row.openingWindow === before.id ? (row.openingNano ?? 0n) : 0n,
        charged: false,
        cap: row.carryOverNano ?? 0n,
        startMs: before.startMs,
      })
    }
  }
  const charged = await chargedTo(db, orgId, due)
  return due.map((each) => {
    const amount = charged.get(each.over)
    return { ...each, spent: each.spent + (amount ?? 0n), charged: amount !== undefined }
  })
}

// A charge carries the proxy's clock and its counter the store's.
const slackMs = 3_600_000

async function chargedTo(
  db: Db,
  orgId: OrgId,
  due: readonly { over: string; startMs: Instant }[],
): Promise<ReadonlyMap<string, NanoUsd>> {
  if (due.length === 0) return new Map()
  const since = new Date(Math.min(...due.map((each) => each.startMs)) - slackMs)
  const rows = await db.$queryRaw<{ node: string; amount: string }[]>`
    SELECT node, sum(amount_nano)::text AS amount FROM ledger_entry, unnest(nodes) AS node
    WHERE org_id = ${orgId} AND at >= ${since} AND node = ANY(${due.map((each) => each.over)}) GROUP BY node`
  return new Map(rows.map((row) => [row.node, BigInt(row.amount)]))
}
