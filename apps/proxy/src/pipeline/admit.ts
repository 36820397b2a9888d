import { fail, type Failure } from '@tollkeeper/domain/failure'
import type { OrgId } from '@tollkeeper/domain/id'
import type { RateLimit } from '@tollkeeper/domain/rate'
import type { Permit } from '@tollkeeper/redis/rates'
import type { Places } from '../concurrency/places.ts'
import type { Standing } from '../standing/standing.ts'
import { step, type Admitted, type Allowance, type Understood } from './exchange.ts'

export type Admit = (understood: Understood) => Promise<Admitted>

/** Counts one request in the windows of a chain and takes its turn to run, or does nothing. Indexes point into `rates`. */
export type TakeRequest = (orgId: OrgId, rates: readonly RateLimit[], permit: Permit) => Promise<TakenRequest>
type TakenRequest =
  | { kind: 'admitted'; remaining: Allowance | null }
  | { kind: 'refused'; rate: number; per: 'minute' | 'hour'; limit: number; retryAfterMs: number }
  | { kind: 'busy'; rate: number; limit: number; retryAfterMs: number }

export type AdmitDeps = {
  /** Places of this process for streams and for whole answers. */
  places: Places
  takeRequest: TakeRequest
  /** Whether an error says that the store is away. */
  isStoreAway: (error: unknown) => boolean
  /** Whether it was found to be away a moment ago. */
  storeAway: () => boolean
  /** Hears of each request that was let through without its limits having been checked. */
  onUnchecked: () => void
  givePermit: (orgId: OrgId, rates: readonly RateLimit[], permit: Permit) => void
  monotonic: () => number
}

/**
 * Requests per minute and hour and running requests of every scope of the chain. Refusals cost nothing of them. What is
 * taken to run is given back at the end of the request's turn.
 */
export function makeAdmit(deps: AdmitDeps): Admit {
  return async (understood) => {
    const { journey, standing, turn, chat } = understood
    const kind = chat.stream ? 'streams' : 'whole'
    const place = deps.places.take(kind)
    if (place !== true && !(await place)) throw fail('overloaded', undefined, { retryAfterMs: 1_000 })
    turn.add(() => deps.places.give(kind))

    const limited = standing.limitsRunning[kind]
    const { rates, requests } = standing.limitsFor(chat.model)
    if (!requests && !limited) return { ...understood, allowance: null }
    const { orgId } = standing.record.scopes
    const permit: Permit = { id: journey.requestId, kind }
    const reply = await checked(deps, standing, rates, permit)
    step(journey, 'admit', deps.monotonic())
    if (reply === null) return { ...understood, allowance: null }
    if (reply.kind !== 'admitted') throw refusal(understood, kind, { ...reply, scope: rates[reply.rate]?.scope })
    if (limited) turn.add(() => deps.givePermit(orgId, rates, permit))
    return { ...understood, allowance: reply.remaining }
  }
}

/** Null: the store is away, and the organisation wants to be answered all the same (design.md 9). */
async function checked(
  deps: AdmitDeps,
  { record, org }: Standing,
  rates: readonly RateLimit[],
  permit: Permit,
): Promise<TakenRequest | null> {
  const open = org.policy.settings.storeOutage === 'bounded'
  try {
    if (!open || !deps.storeAway()) return await deps.takeRequest(record.scopes.orgId, rates, permit)
  } catch (error) {
    if (!open || !deps.isStoreAway(error)) throw error
  }
  deps.onUnchecked()
  return null
}

function refusal(
  { journey, standing }: Understood,
  kind: Permit['kind'],
  reply: Exclude<TakenRequest, { kind: 'admitted' }> & { scope: RateLimit['scope'] | undefined },
): Failure {
  const { limit, retryAfterMs } = reply
  const { orgId } = standing.record.scopes
  const scope = reply.scope ?? { kind: 'organisation' as const, id: orgId, name: '' }
  const unit = reply.kind === 'busy' ? kind : 'requests'
  const period = reply.kind === 'busy' ? 'now' : reply.per
  const label = { type: scope.kind, id: scope.id, name: scope.name }
  const detail = { unit, scope: label, period, limit, retry_after_ms: retryAfterMs }
  if (reply.kind === 'refused')
    return fail(
      'rate_limited',
      { scope, unit: 'requests', per: reply.per, limit, retryAfterMs },
      { detail, retryAfterMs },
    )
  journey.refusal = {
    reason: 'concurrency_limited',
    scope,
    period: kind,
    resetsAt: null,
    limitUsd: null,
    spentUsd: null,
    heldUsd: null,
    estimateUsd: null,
    maxOutputTokensThatFit: null,
    retryAfterMs,
  }
  return fail('concurrency_limited', { scope, kind, limit, retryAfterMs }, { detail, retryAfterMs })
}
