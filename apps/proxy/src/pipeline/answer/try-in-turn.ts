import { setTimeout as pause } from 'node:timers/promises'
import { fail, Failure } from '@tollkeeper/domain/failure'
import type { AttemptId } from '@tollkeeper/domain/id'
import type { Unanswered } from '@tollkeeper/providers'
import { breakerIdOf } from '../../breakers/breaker-id.ts'
import type { Breakers } from '../../breakers/breakers.ts'
import { step, type Answered, type Candidate, type Journey, type Routed } from '../exchange.ts'
import { endOfCall, nextStep, type NextStep } from './next-step.ts'
import type { RetryBudget } from './retry-budget.ts'

/** One try: which, at whom, and how it is decided what follows it. */
export type Try = {
  id: AttemptId
  candidate: Candidate
  /** Most time it may take, in ms. */
  withinMs: number
  decide: (unanswered: Unanswered) => NextStep
}

/** An attempt that was made and settled, without an answer. */
export type Lost = { kind: 'lost'; failure: Failure; next: NextStep }

/** Makes one attempt under a hold of its own. @throws Failure when none was made */
type Attempt = (routed: Routed, now: Try) => Promise<Answered | Lost>

export type TryInTurnDeps = {
  /** Undefined: everything is always asked. */
  breakers: Pick<Breakers, 'ask' | 'ended' | 'peek' | 'unsent'> | undefined
  retries: RetryBudget
  random: () => number
  monotonic: () => number
}

/**
 * Makes attempts until one gives an answer: at each candidate in turn whose breaker lets it, with retries of what may be
 * retried, all before the first byte and within the request's deadline.
 *
 * @throws Failure of the last attempt that was made, or why there was none
 */
export function makeTryInTurn(deps: TryInTurnDeps, attempt: Attempt) {
  return async (routed: Routed): Promise<Answered> => {
    const { journey, candidates } = routed
    const tried: Tried = { tries: 0, last: undefined }
    for (const [place, candidate] of candidates.entries()) {
      const hasNext = place + 1 < candidates.length
      for (let retries = 0; ; retries += 1) {
        const ended = await tryOnce({ deps, attempt, tried }, routed, { candidate, retries, hasNext })
        if (ended === 'not-made') break
        if (ended.kind !== 'lost') return ended
        tried.last = ended.failure
        if (ended.next.kind === 'stop') throw withRetryAfter(deps, routed, ended.failure)
        if (ended.next.kind === 'next') break
        await pause(ended.next.waitMs)
        step(journey, 'pause', deps.monotonic())
      }
    }
    throw withRetryAfter(deps, routed, told(journey, tried.last ?? closedTo(deps, routed)))
  }
}

/** What a request has tried so far. */
type Tried = { tries: number; last: Failure | undefined }
type Trying = { deps: TryInTurnDeps; attempt: Attempt; tried: Tried }

/** @throws whatever ends the request */
async function tryOnce(
  { deps, attempt, tried }: Trying,
  routed: Routed,
  so: { candidate: Candidate; retries: number; hasNext: boolean },
): Promise<Answered | Lost | 'not-made'> {
  const { journey, standing } = routed
  const { candidate, retries, hasNext } = so
  const { orgId } = standing.record.scopes
  const { breakers } = deps
  const id = `${journey.requestId}.${tried.tries + 1}` as AttemptId
  const breaker = breakerIdOf(orgId, candidate)
  const asked = breakers?.ask(breaker, id)
  const answer = asked instanceof Promise ? await asked : asked
  // A retry has waited for as long as the provider asked for.
  if (answer?.kind === 'wait' && !(answer.limited && retries > 0)) {
    journey.legs.push({ provider: candidate.provider.name, end: answer.limited ? 'limited' : 'cb_open' })
    return 'not-made'
  }
  const call = { owner: id, isCanary: answer?.kind === 'canary' }
  const budget = `${orgId}/${candidate.provider.id}`
  if (retries === 0) deps.retries.asked(budget)
  tried.tries += 1

  const decide = (unanswered: Unanswered): NextStep => {
    const left = remainingMs(journey, deps.monotonic())
    breakers?.ended(breaker, call, endOfCall(unanswered, left <= leastMs))
    const isOpen = () => {
      const now = breakers?.peek(breaker)
      return now?.kind === 'wait' && !now.limited
    }
    const takeRetry = () => !isOpen() && deps.retries.take(budget)
    return nextStep({ takeRetry, random: deps.random }, unanswered, { retries, hasNext, remainingMs: left })
  }
  const withinMs = remainingMs(journey, deps.monotonic())
  try {
    const ended = await attempt(routed, { id, candidate, withinMs, decide })
    if (ended.kind !== 'lost') breakers?.ended(breaker, call, { provider: 'well', limitedMs: 0 })
    return ended
  } catch (error) {
    breakers?.unsent(breaker, call)
    if (mayGoOn(error, tried.last !== undefined, hasNext)) {
      tried.last ??= error
      return 'not-made'
    }
    throw tried.last !== undefined && isOurNo(error) ? told(journey, tried.last) : error
  }
}

/** What is left of a request's time is never told as less. */
const leastMs = 1
const remainingMs = (journey: Journey, now: number): number => Math.max(leastMs, journey.deadlineAt - now)

/** An attempt that was not made is another reason to look further only where it was for want of what another has. */
function mayGoOn(error: unknown, wasTried: boolean, hasNext: boolean): error is Failure {
  if (!hasNext || !(error instanceof Failure) || error.code === 'client_left') return false
  return wasTried || error.code === 'overloaded' || error.code === 'upstream_credential'
}

/** A no that came after an attempt had failed: then that attempt is what is told. */
const isOurNo = (error: unknown): boolean => error instanceof Failure && error.code !== 'client_left'

/** What is told is no refusal by a budget, whatever a later try may have met. */
function told(journey: Journey, failure: Failure): Failure {
  journey.refusal = null
  return failure
}

/** Nobody was asked: every breaker is open, or every credential at a limit. */
function closedTo(deps: TryInTurnDeps, routed: Routed): Failure {
  const provider = routed.candidates[0].provider.name
  const source = `provider:${provider}`
  const limited = waitsOf(deps, routed).filter((wait) => wait?.limited)
  if (limited.length < routed.candidates.length) return fail('upstream_unavailable', { provider }, { source })
  const retryAfterMs = Math.min(...limited.map((wait) => wait?.ms ?? 0))
  return fail('upstream_rate_limited', { provider, retryAfterMs }, { source, retryAfterMs })
}

/** Says when it is worth coming back, where none of those who could answer may be asked before. */
function withRetryAfter(deps: TryInTurnDeps, routed: Routed, failure: Failure): Failure {
  if (failure.code !== 'upstream_unavailable' || failure.options.retryAfterMs !== undefined) return failure
  const waits = waitsOf(deps, routed)
  const retryAfterMs = Math.min(...waits.map((wait) => wait?.ms ?? 0))
  return retryAfterMs > 0 ? new Failure(failure.code, failure.message, { ...failure.options, retryAfterMs }) : failure
}

/** How long each candidate may not be asked; undefined for one that may be now. */
function waitsOf({ breakers }: TryInTurnDeps, { candidates, standing }: Routed) {
  return candidates.map((candidate) => {
    const now = breakers?.peek(breakerIdOf(standing.record.scopes.orgId, candidate))
    return now?.kind === 'wait' ? now : undefined
  })
}
