import { catalogue, type FailureCode } from '@tollkeeper/domain/failure'
import type { RequestEvent } from '@tollkeeper/domain/usage'

/** How a request ended for its caller. */
export type RequestOutcome = 'answered' | 'refused' | 'failed' | 'left'

/** Status of a request whose caller went away before the answer was complete. */
const left = 499

/** Codes that are rules of the organisation saying no, besides money and rates. */
const rules: ReadonlySet<string> = new Set<FailureCode>([
  'tokens_never_fit',
  'model_not_allowed',
  'model_unpriced',
  'scope_forbidden',
])

/** Refused means by a limit or rule of ours, not by the provider and not for a mistake in the request. */
export function outcomeOf(event: Pick<RequestEvent, 'status' | 'failure' | 'refusal'>): RequestOutcome {
  const { status, failure, refusal } = event
  if (refusal !== null || (failure !== null && isRefusal(failure))) return 'refused'
  if (status === left) return 'left'
  return failure === null && status < 400 ? 'answered' : 'failed'
}

function isRefusal(code: string): boolean {
  if (rules.has(code)) return true
  if (!(code in catalogue) || code === 'upstream_rate_limited') return false
  return ['budget', 'budget-held', 'rate'].includes(catalogue[code as FailureCode].kind)
}
