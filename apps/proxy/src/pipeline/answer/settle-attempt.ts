import type { Dialect } from '@tollkeeper/domain/chat'
import type { Failure, FailureCode } from '@tollkeeper/domain/failure'
import { inputClasses } from '@tollkeeper/domain/price'
import type { AttemptOutcome } from '@tollkeeper/domain/usage'
import type { Ledger } from '../../money/ledger.ts'
import type { Bill, Candidate, Routed } from '../exchange.ts'
import type { Record } from '../record.ts'
import type { Charge } from './charge.ts'
import { metaOf, type Held } from './take-hold.ts'

export type SettleDeps = {
  ledger: Ledger
  record: Record
  statusOf: (failure: Failure, dialect: Dialect) => number
}

/** How an attempt ended, and with it the request. */
export type AttemptEnd = {
  outcome: AttemptOutcome
  upstreamStatus: number | null
  /** What the caller received. */
  status: number
  failure: FailureCode | null
}

export type SettleAttempt = (
  attempt: {
    routed: Routed
    candidate: Candidate
    held: Held
    /** False: another attempt may follow, with which the request's row goes. */
    isLast?: boolean
    /** No answer came of it: whoever refuses the request tells of it. */
    isLost?: boolean
  },
  charge: Charge,
  end: AttemptEnd,
) => Promise<Bill>

/** Settles an attempt, the last one with the request's own row in the same entry of the stream; tells what it cost. */
export function makeSettleAttempt(deps: SettleDeps): SettleAttempt {
  return async ({ routed, candidate, held, isLast = true, isLost = false }, charge, end) => {
    const { journey, standing } = routed
    const { tokens, amount } = charge
    const request = isLast ? deps.record.rowOf(journey, end) : null
    journey.recorded = isLast
    held.ceilingShare?.spent(amount)
    let used = tokens.outputText ?? 0
    for (const name of inputClasses) used += tokens[name] ?? 0
    const attempt = {
      orgId: standing.record.scopes.orgId,
      attemptId: held.attemptId,
      nodes: held.nodes,
      result: { outcome: end.outcome, usageSource: charge.source, tokens, status: end.upstreamStatus },
      ...(request && { request }),
    }
    if (held.share) {
      const meta = metaOf(routed, candidate, journey.atMs)
      await deps.ledger.draw({ ...attempt, amount, sliceId: held.share.sliceId, meta }, held.share)
      // Held: nobody knows. It stays charged until there is evidence, and tokens that nobody counted are not reported.
    } else if (charge.source === 'held')
      await deps.ledger.surrender({ ...attempt, least: 0n, result: { ...attempt.result, tokens: {} } })
    else await deps.ledger.settle({ ...attempt, amount, tokens: used, rates: held.rates })
    if (!isLost) deps.record.settled(journey, end, charge)
    return billOf(held, charge)
  }
}

/** What an amount leaves of what was left when it was held. */
export function billOf(
  { tightest, headroom, amount: heldAmount }: Held,
  { amount, tokens }: Pick<Charge, 'amount' | 'tokens'>,
): Bill {
  return {
    amount,
    tokens,
    left: headroom === null ? null : headroom + heldAmount - amount,
    scope: tightest?.budget.scope ?? null,
  }
}
