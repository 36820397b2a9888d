import type { BudgetNode } from '@tollkeeper/domain/budget'
import type { OrgId } from '@tollkeeper/domain/id'
import { usdText, type NanoUsd } from '@tollkeeper/domain/price'
import { zonedText, type Instant } from '@tollkeeper/domain/time'
import type { Standing } from '../standing/standing.ts'

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
    const budgets = shown.map((node) => budgetBody(node, balances.get(node.id), timeZone))
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
      rate_limits: standing.rates.map((rate) => ({
        scope: { type: rate.scope.kind, id: rate.scope.id, name: rate.scope.name },
        requests_per_minute: rate.requestsPerMinute,
        requests_per_hour: rate.requestsPerHour,
        tokens_per_minute: rate.tokensPerMinute,
        streams_at_a_time: rate.concurrency?.streams ?? null,
        whole_answers_at_a_time: rate.concurrency?.whole ?? null,
      })),
    }
  }
}

function budgetBody(
  { budget, window, opening }: BudgetNode,
  balance: { used: NanoUsd; held: NanoUsd } | undefined,
  zone: string,
) {
  const used = balance?.used ?? opening
  const held = balance?.held ?? 0n
  const left = budget.limit - used - held
  return {
    scope: { type: budget.scope.kind, id: budget.scope.id, name: budget.scope.name },
    period: budget.period,
    mode: budget.mode,
    limit_usd: usdText(budget.limit),
    spent_usd: usdText(used),
    held_usd: usdText(held),
    left_usd: usdText(left < 0n ? 0n : left),
    resets_at: budget.period === 'all' ? null : zonedText(zone, window.endMs),
  }
}
