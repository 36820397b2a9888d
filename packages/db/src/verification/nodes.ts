import { nodeIdOf, parseNodeId, type Budget } from '@tollkeeper/domain/budget'
import type { OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import { windowOf, type BudgetWindow, type Instant } from '@tollkeeper/domain/time'
import { list } from '../budgets/list.ts'
import type { Db } from '../client.ts'

/** A counter of a current window as the ledger says it should be. */
export type LedgerNode = {
  orgId: OrgId
  nodeId: string
  budget: Budget
  window: BudgetWindow
  /** Opening of the budget in this window + Σ ledger rows that name the counter. */
  spent: NanoUsd
}

// A charge carries the proxy's clock and its counter the store's; they may differ around the turn of a window.
const slackMs = 3_600_000

/**
 * The counters of an organisation's live budgets in the windows of `at`: for comparing them with the store, and for making
 * them anew when the store lost them. An `each` budget has one per person whom the ledger names; a shared one always has
 * one. Charges still on their way to the ledger are not in it.
 */
export async function ledgerNodes(db: Db, orgId: OrgId, at: Instant): Promise<LedgerNode[]> {
  const org = await db.organisation.findUnique({ where: { id: orgId }, select: { timeZone: true } })
  if (!org) return []
  const current = new Map<string, { budget: Budget; window: BudgetWindow }>()
  for (const budget of await list(db, orgId)) {
    current.set(budget.id, { budget, window: windowOf(budget.period, org.timeZone, at) })
  }
  const spent = await spentByNode(db, orgId, await earliestCharge(db, orgId, [...current.values()]))
  const nodes = new Map<string, LedgerNode>()
  const put = (nodeId: string, { budget, window }: { budget: Budget; window: BudgetWindow }, opening: NanoUsd) =>
    nodes.set(nodeId, { orgId, nodeId, budget, window, spent: opening + (spent.get(nodeId) ?? 0n) })
  for (const each of current.values()) {
    const { budget, window } = each
    if (budget.sharing === 'each') continue
    put(nodeIdOf(budget.id, null, window.id), each, budget.opening?.window === window.id ? budget.opening.amount : 0n)
  }
  for (const nodeId of spent.keys()) {
    const named = parseNodeId(nodeId)
    const each = named && current.get(named.budgetId)
    if (named && each && named.windowId === each.window.id && !nodes.has(nodeId)) put(nodeId, each, 0n)
  }
  return [...nodes.values()]
}

/** No charge names a budget before it was made, nor its current window before that began. Adjustments may. */
async function earliestCharge(
  db: Db,
  orgId: OrgId,
  current: readonly { budget: Budget; window: BudgetWindow }[],
): Promise<Instant> {
  const made = await db.budget.findMany({ where: { orgId, deletedAt: null }, select: { id: true, createdAt: true } })
  const madeAt = new Map(made.map((row) => [row.id, row.createdAt.getTime()]))
  const starts = current.map(({ budget, window }) => Math.max(window.startMs, madeAt.get(budget.id) ?? 0))
  return Math.max(0, Math.min(...starts, Number.MAX_SAFE_INTEGER) - slackMs)
}

async function spentByNode(db: Db, orgId: OrgId, since: Instant): Promise<Map<string, NanoUsd>> {
  if (since > 8e15) return new Map()
  const rows = await db.$queryRaw<{ node: string; amount: string }[]>`
    SELECT node, sum(amount_nano)::text AS amount FROM (
      SELECT nodes, amount_nano FROM ledger_entry
      WHERE org_id = ${orgId} AND at >= ${new Date(since)} AND kind <> 'adjustment'
      UNION ALL
      SELECT nodes, amount_nano FROM ledger_entry WHERE org_id = ${orgId} AND kind = 'adjustment'
    ) AS row, unnest(row.nodes) AS node GROUP BY node`
  return new Map(rows.map((row) => [row.node, BigInt(row.amount)]))
}

/** Whether any of these organisations was ever charged: if not, their counters may start at nothing. */
export async function wereCharged(db: Db, orgIds: readonly OrgId[]): Promise<boolean> {
  return (await db.ledgerEntry.findFirst({ where: { orgId: { in: [...orgIds] } }, select: { eventId: true } })) !== null
}
