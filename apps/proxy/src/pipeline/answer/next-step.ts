import { forbiddenAddress, type Unanswered } from '@tollkeeper/providers'
import type { CallEnd } from '../../breakers/breakers.ts'

/** What an attempt without an answer says. */
export type Verdict = {
  /** The same provider may be asked again. */
  again: boolean
  /** Another provider may be asked instead. */
  elsewhere: boolean
  /**
   * What it says about the provider: it is ill; it, or the credential, is at a limit; or it is well and this request or
   * the credential is not.
   */
  provider: 'failed' | 'limited' | 'well'
}

const failed: Verdict = { again: true, elsewhere: true, provider: 'failed' }
const ourFault: Verdict = { again: false, elsewhere: true, provider: 'well' }
const callersFault: Verdict = { again: false, elsewhere: false, provider: 'well' }

/**
 * Reads an attempt that gave no answer (the table in apps/proxy/README.md). What nobody can know the price of is not
 * sent to the same provider again: it stays charged as held, and a second one there would be charged twice for one
 * answer. Another provider is another matter, because the organisation asked for that by its chain.
 */
export function verdictOf(unanswered: Unanswered): Verdict {
  switch (unanswered.kind) {
    case 'not-sent':
      return unanswered.reason === forbiddenAddress ? ourFault : failed
    case 'ambiguous':
      return { ...failed, again: false }
    case 'failed':
      return unanswered.status >= 500 ? failed : { ...failed, again: false }
    case 'refused':
      return refused(unanswered.status)
  }
}

function refused(status: number): Verdict {
  if (status === 408) return failed
  if (status === 429) return { again: true, elsewhere: true, provider: 'limited' }
  // The account behind our credential has no money left: that does not come back within a request.
  if (status === 402) return { again: false, elsewhere: true, provider: 'limited' }
  return status === 401 || status === 403 ? ourFault : callersFault
}

/** A credential is not kept from asking for longer than this, whatever the provider says. */
const longestLimitMs = 60_000

/** What an attempt without an answer says of the provider, for its breaker. */
export function endOfCall(unanswered: Unanswered, isOurDeadline: boolean): CallEnd {
  // A caller that waits for a moment only has found out nothing.
  if (isOurDeadline) return { provider: 'unknown', limitedMs: 0 }
  const { provider } = verdictOf(unanswered)
  if (provider === 'failed') return { provider: 'ill', limitedMs: 0 }
  if (provider === 'well' || unanswered.kind !== 'refused') return { provider: 'neither', limitedMs: 0 }
  const asked = unanswered.status === 402 ? longestLimitMs : (unanswered.retryAfterMs ?? 0)
  return { provider: 'neither', limitedMs: Math.min(asked, longestLimitMs) }
}

/** What follows an attempt without an answer. */
export type NextStep = { kind: 'retry'; waitMs: number } | { kind: 'next' } | { kind: 'stop' }

/** Retries of one request at one provider. */
const mostRetries = 2
const baseMs = 250
const capMs = 4_000
/** A provider that wants a longer pause is not waited for: the caller is told, and can do better than to hold a line. */
const longestPauseMs = 5_000

export type NextStepDeps = {
  /** Takes one retry of the provider's budget; false when there is none. Asked last. */
  takeRetry: () => boolean
  /** From 0 to below 1. */
  random: () => number
}

/** Decides it before the attempt is settled, since the row of the request rides with the last settlement. */
export function nextStep(
  deps: NextStepDeps,
  unanswered: Unanswered,
  so: { retries: number; remainingMs: number; hasNext: boolean },
): NextStep {
  const verdict = verdictOf(unanswered)
  if (verdict.again && so.retries < mostRetries) {
    const waitMs = pauseMs(so.retries, 'retryAfterMs' in unanswered ? unanswered.retryAfterMs : null, deps.random)
    if (waitMs <= longestPauseMs && waitMs < so.remainingMs && deps.takeRetry()) return { kind: 'retry', waitMs }
  }
  return verdict.elsewhere && so.hasNext ? { kind: 'next' } : { kind: 'stop' }
}

/**
 * Full jitter: anything up to 250 ms × 2ⁿ, at most 4 s, so that those who failed together do not come back together.
 * After a pause that the provider asked for, up to 250 ms more.
 */
function pauseMs(retries: number, retryAfterMs: number | null, random: () => number): number {
  if (retryAfterMs !== null) return retryAfterMs + Math.floor(random() * baseMs)
  return Math.floor(random() * Math.min(capMs, baseMs * 2 ** retries))
}
