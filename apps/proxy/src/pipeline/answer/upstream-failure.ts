import { fail, Failure } from '@tollkeeper/domain/failure'
import type { AttemptOutcome } from '@tollkeeper/domain/usage'
import { forbiddenAddress, type Unanswered } from '@tollkeeper/providers'

/** How an attempt that gave no answer is told and settled (money.md 4.4). */
export type UnansweredEnd = {
  failure: Failure
  outcome: AttemptOutcome
  status: number | null
  /** Whether nobody can know if it was billed: then it is charged as held. */
  ambiguous: boolean
}

/** Reads what came instead of an answer. A provider's own words never pass, but for one that clients look for. */
export function endOfUnanswered(unanswered: Unanswered, provider: string): UnansweredEnd {
  const source = `provider:${provider}`
  switch (unanswered.kind) {
    case 'not-sent':
      return {
        failure: fail(
          unanswered.reason === forbiddenAddress ? 'upstream_forbidden_address' : 'upstream_unavailable',
          { provider },
          { source, cause: unanswered.reason },
        ),
        outcome: 'not-sent',
        status: null,
        ambiguous: false,
      }
    case 'ambiguous':
      return {
        failure: fail(
          unanswered.timedOut ? 'upstream_timeout' : 'upstream_unavailable',
          { provider },
          { source, cause: unanswered.reason },
        ),
        outcome: 'unknown',
        status: unanswered.status,
        ambiguous: true,
      }
    case 'failed':
      return {
        failure: fail('upstream_unavailable', { provider }, { source, ...after(unanswered.retryAfterMs) }),
        outcome: 'provider-failed',
        status: unanswered.status,
        ambiguous: false,
      }
    case 'refused':
      return {
        failure: refusal(unanswered, provider, source),
        outcome: 'refused-by-provider',
        status: unanswered.status,
        ambiguous: false,
      }
  }
}

const after = (retryAfterMs: number | null) => (retryAfterMs === null ? {} : { retryAfterMs })

function refusal(refused: Extract<Unanswered, { kind: 'refused' }>, provider: string, source: string): Failure {
  const { status, retryAfterMs } = refused
  if (status === 401 || status === 403) return fail('upstream_credential', { provider }, { source })
  if (status === 429)
    return fail('upstream_rate_limited', { provider, retryAfterMs }, { source, ...after(retryAfterMs) })
  if (status === 408) return fail('upstream_timeout', { provider }, { source })
  if (refused.contextLength !== null)
    return new Failure('context_length_exceeded', refused.contextLength, {
      source,
      param: 'messages',
      code: 'context_length_exceeded',
    })
  return fail('upstream_refused', { provider, status }, { source, detail: { status } })
}
