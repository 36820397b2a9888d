import type { OrgId } from '@tollkeeper/domain/id'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { Instant } from '@tollkeeper/domain/time'
import type { Standing } from '../standing/standing.ts'
import { budgetBody } from './budget-body.ts'
import { rateLimitBody } from './rate-limit-body.ts'

export type KeyDeps = {
  /** Counters as they stand; one that nobody has spent from yet is absent. */
  readBalances: (
    orgId: OrgId,
    nodeIds: readonly string[],
  ) => Promise<ReadonlyMap<string, { used: NanoUsd; held: NanoUsd }>>
  storeNow: () => Instant
}

/** `GET /key`: what the calling key may spend and use, and the budgets above it where the organisation shows them. */
export function makeKeyReport(deps: KeyDeps) {
  return async (standing: Standing): Promise<object> => {
    const { record, org } = standing
    const { settings, timeZone } = org.policy
    const nodes = standing.nodesAt(deps.storeNow())
    const shown = settings.showAmounts ? nodes : nodes.filter(({ budget }) => budget.scope.kind === 'key')
    const balances = await deps.readBalances(
      record.scopes.orgId,
      shown.map(({ id }) => id),
    )
    const budgets = shown.map((node) =>
      budgetBody(node, balances.get(node.id) ?? { used: node.opening, held: 0n }, timeZone),
    )
    const own = budgets.find(({ scope }) => scope.type === 'key')
    return {
      object: 'key',
      name: record.name,
      status: record.status,
      expires_at: record.expiresAtMs === null ? null : new Date(record.expiresAtMs).toISOString(),
      limit_usd: own?.limit_usd ?? null,
      spent_usd: own?.spent_usd ?? null,
      held_usd: own?.held_usd ?? null,
      left_usd: own?.left_usd ?? null,
      resets_at: own?.resets_at ?? null,
      allowed_models: record.allowedModels,
      budgets,
      rate_limits: standing.rates.map(rateLimitBody),
    }
  }
}
