import { fail, type Failure } from '@tollkeeper/domain/failure'
import type { Instant } from '@tollkeeper/domain/time'
import type { Ceiling, NoShare } from '../../ceiling/ceiling.ts'
import type { Ledger } from '../../money/ledger.ts'
import type { TakeHold } from './take-hold.ts'

export type TakeCeilingDeps = {
  /** Undefined: the installation has none. */
  ceiling: Ceiling | undefined
  ledger: Pick<Ledger, 'release'>
  storeNow: () => Instant
}

/**
 * `takeHold` with the same amount taken of the installation's ceiling as well.
 *
 * @throws Failure when the ceiling has too little left; the hold is given back
 */
export function makeTakeHoldUnderCeiling(deps: TakeCeilingDeps, takeHold: TakeHold): TakeHold {
  const { ceiling } = deps
  if (!ceiling) return takeHold
  return async (routed, candidate, attempt) => {
    const held = await takeHold(routed, candidate, attempt)
    const taken = ceiling.take(held.amount)
    const share = taken instanceof Promise ? await taken : taken
    if (!('kind' in share)) return { ...held, ceilingShare: share }
    const { record, rates } = routed.standing
    if (held.share) held.share.giveBack()
    else await deps.ledger.release({ ...held, orgId: record.scopes.orgId, rates })
    throw failureOf(share, deps.storeNow())
  }
}

const soonMs = 2_000
const worthWaitingMs = 60_000

function failureOf({ kind, windowEndsMs }: NoShare, now: Instant): Failure {
  if (kind === 'unknown') return fail('budget_store_unavailable', undefined, { retryAfterMs: soonMs })
  if (kind === 'held') return fail('platform_budget_held', undefined, { retryAfterMs: soonMs })
  const resetsAt = new Date(windowEndsMs).toISOString().replace(/\.\d{3}Z$/, 'Z')
  const untilMs = windowEndsMs - now
  return fail(
    'platform_budget_exceeded',
    { resetsAt },
    { detail: { resets_at: resetsAt }, ...(untilMs > 0 && untilMs <= worthWaitingMs && { retryAfterMs: untilMs }) },
  )
}
