import { fail, type Failure } from '@tollkeeper/domain/failure'
import type { RequestId } from '@tollkeeper/domain/id'
import { usdText } from '@tollkeeper/domain/price'
import { failureBody, statusOf } from '@tollkeeper/wire/openai-chat'
import type { Admitted, Routed } from '../pipeline/exchange.ts'
import type { Quoted } from '../pipeline/quote/quote.ts'
import { budgetBody, budgetNames } from './budget-body.ts'
import { rateLimitBody } from './rate-limit-body.ts'

/** A quote as it is sent. Amounts of budgets only where the organisation shows them, or of the key alone. */
export function quoteBody(routed: Routed, quoted: Quoted, requestId: RequestId): object {
  const { standing, allowance } = routed
  const { policy } = standing.org
  const refusal = quoted.refusal ?? usedUp(routed)
  return {
    object: 'quote',
    model: quoted.candidate.model.name,
    provider: quoted.candidate.provider.name,
    price_version: quoted.candidate.price.version,
    admitted: refusal === null,
    input_tokens: quoted.input,
    choices: quoted.choices,
    max_output_tokens: quoted.output,
    max_output_tokens_that_fit: quoted.fits,
    estimate_usd: usdText(quoted.estimate),
    bound_usd: usdText(quoted.bound),
    refusal: refusal && refusalBody(refusal, requestId),
    chain: quoted.chain.map(({ node, used, held, deciding }) => {
      const isShown = policy.settings.showAmounts || node.budget.scope.kind === 'key'
      const told = isShown ? budgetBody(node, { used, held }, policy.timeZone) : budgetNames(node, policy.timeZone)
      return { ...told, deciding }
    }),
    rate_limits: standing.limitsFor(routed.chat.model).rates.map((rate, i) => ({
      ...rateLimitBody(rate),
      ...(quoted.waits.has(i) && { tokens_fit_after_ms: quoted.waits.get(i) }),
    })),
    requests_left: allowance && {
      limit: allowance.limit,
      remaining: allowance.remaining,
      reset_ms: Math.ceil(allowance.resetMs),
    },
    request_id: requestId,
  }
}

/** The quote itself was the last request that a window lets through: the next one would have to wait. */
function usedUp({ allowance, standing, chat }: Admitted): Failure | null {
  if (!allowance || allowance.remaining > 0) return null
  const { limit, resetMs: retryAfterMs } = allowance
  for (const rate of standing.limitsFor(chat.model).rates) {
    const per = rate.requestsPerMinute === limit ? 'minute' : rate.requestsPerHour === limit ? 'hour' : null
    if (per === null) continue
    const { scope } = rate
    const label = { type: scope.kind, id: scope.id, name: scope.name }
    const detail = { unit: 'requests', scope: label, period: per, limit, retry_after_ms: retryAfterMs }
    return fail('rate_limited', { scope, unit: 'requests', per, limit, retryAfterMs }, { detail, retryAfterMs })
  }
  return null
}

/** The fields that the answer to the request itself would have under `error`, and its status. */
const refusalBody = (failure: Failure, requestId: RequestId): object => ({
  status: statusOf(failure),
  ...(JSON.parse(failureBody(failure, requestId)) as { error: object }).error,
})
