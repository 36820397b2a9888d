import { setTimeout as pause } from 'node:timers/promises'
import { Failure } from '@tollkeeper/domain/failure'
import type { AttemptId } from '@tollkeeper/domain/id'
import type { Unanswered } from '@tollkeeper/providers'
import { step, type Answered, type Candidate, type Journey, type Routed } from '../exchange.ts'
import { nextStep, type NextStep } from './next-step.ts'
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
export type Attempt = (routed: Routed, now: Try) => Promise<Answered | Lost>

export type TryInTurnDeps = {
  retries: RetryBudget
  random: () => number
  monotonic: () => number
}

/**
 * Makes attempts until one gives an answer: at each candidate in turn, with retries of what may be retried, all before
 * the first byte and within the request's deadline.
 *
 * @throws Failure of the last attempt that was made, or why there was none
 */
export function makeTryInTurn(deps: TryInTurnDeps, attempt: Attempt) {
  return async (routed: Routed): Promise<Answered> => {
    const { journey, candidates } = routed
    let last: Failure | undefined
    let tries = 0
    for (const [place, candidate] of candidates.entries()) {
      const budget = `${routed.standing.record.scopes.orgId}/${candidate.provider.id}`
      deps.retries.asked(budget)
      const takeRetry = () => deps.retries.take(budget)
      const hasNext = place + 1 < candidates.length
      for (let retries = 0; ; retries += 1) {
        tries += 1
        const id = `${journey.requestId}.${tries}` as AttemptId
        const withinMs = remainingMs(journey, deps.monotonic())
        const so = { retries, hasNext }
        const decide = (unanswered: Unanswered) =>
          nextStep({ ...deps, takeRetry }, unanswered, {
            ...so,
            remainingMs: remainingMs(journey, deps.monotonic()),
          })
        const ended = await attempt(routed, { id, candidate, withinMs, decide }).catch((error: unknown) => {
          if (mayGoOn(error, last !== undefined, hasNext)) return error
          throw last !== undefined && isOurNo(error) ? told(journey, last) : error
        })
        if (ended instanceof Failure) {
          last ??= ended
          break
        }
        if (ended.kind !== 'lost') return ended
        last = ended.failure
        if (ended.next.kind === 'stop') throw last
        if (ended.next.kind === 'next') break
        await pause(ended.next.waitMs)
        step(journey, 'pause', deps.monotonic())
      }
    }
    throw last ? told(journey, last) : new Error('There was no candidate')
  }
}

const remainingMs = (journey: Journey, now: number): number => Math.max(1, journey.deadlineAt - now)

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
