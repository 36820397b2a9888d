import { fail } from '@tollkeeper/domain/failure'
import type { OrgId } from '@tollkeeper/domain/id'
import type { RateLimit } from '@tollkeeper/domain/rate'
import { step, type Admitted, type Allowance, type Understood } from './exchange.ts'

export type Admit = (understood: Understood) => Promise<Admitted>

/** Counts one request in the windows of a chain, or in none. Indexes point into `rates`. */
export type TakeRequest = (
  orgId: OrgId,
  rates: readonly RateLimit[],
) => Promise<
  | { kind: 'admitted'; remaining: Allowance | null }
  | { kind: 'refused'; rate: number; per: 'minute' | 'hour'; limit: number; retryAfterMs: number }
>

export type AdmitDeps = { takeRequest: TakeRequest; monotonic: () => number }

/** Requests per minute and hour of every scope of the chain. Refusals cost nothing of them. */
export function makeAdmit(deps: AdmitDeps): Admit {
  return async (understood) => {
    const { journey, standing } = understood
    if (!standing.limitsRequests) return { ...understood, allowance: null }
    const { orgId } = standing.record.scopes
    const reply = await deps.takeRequest(orgId, standing.rates)
    step(journey, 'admit', deps.monotonic())
    if (reply.kind === 'admitted') return { ...understood, allowance: reply.remaining }
    const { per, limit, retryAfterMs } = reply
    const scope = standing.rates[reply.rate]?.scope ?? { kind: 'organisation' as const, id: orgId, name: '' }
    const detail = {
      unit: 'requests',
      scope: { type: scope.kind, id: scope.id, name: scope.name },
      period: per,
      limit,
      retry_after_ms: retryAfterMs,
    }
    throw fail('rate_limited', { scope, unit: 'requests', per, limit, retryAfterMs }, { detail, retryAfterMs })
  }
}
