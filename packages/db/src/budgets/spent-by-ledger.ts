import { nodeIdOf, type Budget } from '@tollkeeper/domain/budget'
import type { OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import { scopeText, type Scope } from '@tollkeeper/domain/scope'
import type { BudgetWindow } from '@tollkeeper/domain/time'
import type { Db } from '../client.ts'

/** A counter: a budget, whom it counts for (null: everybody together), and the window. */
export type AskedNode = { budget: Budget; subject: string | null; window: BudgetWindow }

/**
 * What counters should say by the ledger's hourly sums, by node id: for screens while the store of the counters is away.
 * Holds of running requests are not in it, nor charges still on their way to the ledger.
 */
export async function spentByLedger(
  db: Db,
  orgId: OrgId,
  nodes: readonly AskedNode[],
): Promise<ReadonlyMap<string, NanoUsd>> {
  const spent = new Map<string, NanoUsd>()
  for (const asked of Map.groupBy(nodes, (node) => node.window.id).values()) {
    const window = asked[0]?.window
    if (!window) continue
    const scopes = asked.map((node) => node.budget.scope)
    const shares = await sharesIn(db, orgId, window, scopes)
    for (const { budget, subject, window } of asked) {
      const people = shares.get(scopeText(budget.scope)) ?? new Map<string, NanoUsd>()
      const amount =
        subject === null ? people.values().reduce((sum, share) => sum + share, 0n) : (people.get(subject) ?? 0n)
      spent.set(nodeIdOf(budget.id, subject, window.id), amount)
    }
  }
  return spent
}

/** What a scope spent in a window by the ledger: by person, or by key where a key belongs to nobody. */
export async function spentByPerson(
  db: Db,
  orgId: OrgId,
  of: { scope: Scope; window: BudgetWindow },
): Promise<ReadonlyMap<string, NanoUsd>> {
  const shares = await sharesIn(db, orgId, of.window, [of.scope])
  return shares.get(scopeText(of.scope)) ?? new Map()
}

type Share = { kind: string; id: string; person: string; cost: string }

/** Spent in one window by scope, and there by person, or by key where a key belongs to nobody. */
async function sharesIn(
  db: Db,
  orgId: OrgId,
  window: BudgetWindow,
  asked: readonly Scope[],
): Promise<Map<string, Map<string, NanoUsd>>> {
  const scopes = new Map(asked.map((scope) => [scopeText(scope), scope]))
  const kinds = [...scopes.values()].map((scope) => scope.kind)
  const ids = [...scopes.values()].map((scope) => scope.id)
  const rows = await db.$queryRaw<Share[]>`
    WITH chain AS MATERIALIZED (
      SELECT team_id, role_group_id, role_id, member_id, key_id, coalesce(nullif(member_id, ''), key_id) AS person,
        sum(cost_nano) AS cost
      FROM usage_hour
      WHERE org_id = ${orgId} AND hour >= ${new Date(window.startMs)} AND hour < ${new Date(window.endMs)}
      GROUP BY 1, 2, 3, 4, 5
    ), spread AS (
      SELECT 'organisation' AS kind, ${orgId} AS id, person, cost FROM chain
      UNION ALL SELECT 'team', team_id, person, cost FROM chain
      UNION ALL SELECT 'role-group', role_group_id, person, cost FROM chain
      UNION ALL SELECT 'role', role_id, person, cost FROM chain
      UNION ALL SELECT 'user', member_id, person, cost FROM chain
      UNION ALL SELECT 'key', key_id, person, cost FROM chain
    )
    SELECT kind, id, person, sum(cost)::text AS cost
    FROM spread JOIN unnest(${kinds}::text[], ${ids}::text[]) AS asked(kind, id) USING (kind, id)
    GROUP BY 1, 2, 3`
  const shares = new Map<string, Map<string, NanoUsd>>()
  for (const { kind, id, person, cost } of rows) {
    const people = shares.get(`${kind}:${id}`) ?? new Map<string, NanoUsd>()
    shares.set(`${kind}:${id}`, people.set(person, BigInt(cost)))
  }
  return shares
}
