import type { BudgetNode } from '@tollkeeper/domain/budget'
import { fail, type Failure } from '@tollkeeper/domain/failure'
import { usdText } from '@tollkeeper/domain/price'
import { zonedText } from '@tollkeeper/domain/time'
import type { HoldReply } from '@tollkeeper/redis/budgets'
import type { Routed } from '../exchange.ts'
import type { Asked } from './take-hold.ts'

type Refused = Extract<HoldReply, { kind: 'refused' }>

/** A reset this near is worth waiting for; for a later one clients would sleep for days (wire.md 2.4). */
const worthWaitingMs = 60_000

/** The refusal of a budget: 402, or 429 while the rest is only held by requests that are running. */
export function refusedByBudget(
  routed: Routed,
  held: Asked,
  reply: Extract<Refused, { by: 'budget' }>,
  known: { later: boolean; fits: number; retryAfterMs: number },
): Failure {
  const { standing, journey } = routed
  const { policy } = standing.org
  const node = held.nodes[reply.node]
  if (!node) throw new Error(`The store refused by budget ${reply.node} of ${held.nodes.length}`)
  const { scope, period } = node.budget
  const resetsAt = period === 'all' ? null : zonedText(policy.timeZone, node.window.endMs)
  const amounts = {
    limit_usd: usdText(reply.limit),
    spent_usd: usdText(reply.used),
    held_usd: usdText(reply.held),
    estimate_usd: usdText(held.amount),
  }
  const detail = {
    scope: { type: scope.kind, id: scope.id, name: scope.name },
    period,
    resets_at: resetsAt,
    ...(isRaised(node) && { raised_until: zonedText(policy.timeZone, node.inForce.untilMs) }),
    ...(policy.settings.showAmounts && amounts),
    max_output_tokens_that_fit: known.fits,
  }
  journey.refusal = {
    reason: known.later ? 'budget_held' : 'budget_exceeded',
    scope,
    period,
    resetsAt,
    limitUsd: amounts.limit_usd,
    spentUsd: amounts.spent_usd,
    heldUsd: amounts.held_usd,
    estimateUsd: amounts.estimate_usd,
    maxOutputTokensThatFit: known.fits,
    retryAfterMs: known.later ? known.retryAfterMs : null,
  }
  if (known.later)
    return fail(
      'budget_held',
      { scope, retryAfterMs: known.retryAfterMs },
      { detail, retryAfterMs: known.retryAfterMs },
    )
  const { consoleUrl, moneyRefusalStatus } = policy.settings
  const link = consoleUrl === null ? null : `${consoleUrl}/o/${policy.slug}/requests/${journey.requestId}`
  const untilReset = node.window.endMs - journey.atMs
  const retryAfterMs = untilReset > 0 && untilReset <= worthWaitingMs ? untilReset : undefined
  return fail(
    'budget_exceeded',
    { scope, period, resetsAt, link, fits: known.fits > 0 ? known.fits : null },
    { detail, status: moneyRefusalStatus, ...(retryAfterMs !== undefined && { retryAfterMs }) },
  )
}

/** The refusal of a limit on tokens: 429, or 400 when no wait would help. */
export function refusedByTokens(routed: Routed, held: Asked, reply: Extract<Refused, { by: 'tokens' }>): Failure {
  const { journey } = routed
  const scope = held.rates[reply.rate]?.scope
  if (!scope) throw new Error(`The store refused by limit ${reply.rate} of ${held.rates.length}`)
  const { retryAfterMs, limit } = reply
  journey.refusal = {
    reason: retryAfterMs === null ? 'tokens_never_fit' : 'rate_limited',
    scope,
    period: reply.unit,
    resetsAt: null,
    limitUsd: null,
    spentUsd: null,
    heldUsd: null,
    estimateUsd: null,
    maxOutputTokensThatFit: null,
    retryAfterMs,
  }
  const detail = {
    unit: 'tokens',
    scope: { type: scope.kind, id: scope.id, name: scope.name },
    period: reply.unit,
    limit,
    asked: held.tokens,
    retry_after_ms: retryAfterMs,
  }
  if (retryAfterMs === null) return fail('tokens_never_fit', { scope, limit, asked: held.tokens }, { detail })
  return fail('rate_limited', { scope, unit: 'tokens', per: reply.unit, limit, retryAfterMs }, { detail, retryAfterMs })
}

/** Whether the limit is lower again before its window ends. */
const isRaised = (node: BudgetNode): node is BudgetNode & Required<Pick<BudgetNode, 'inForce'>> =>
  node.inForce !== undefined && node.inForce.untilMs < node.window.endMs
