import type { AttemptId, RequestId } from '../id/index.ts'
import { inputClasses, outputThatFits, type NanoUsd, type Price, type TokenCounts } from '../price/index.ts'
import type { ScopeIds } from '../scope/index.ts'
import type { Instant } from '../time/index.ts'
import type { RequestAsk, UsageSource } from '../usage/index.ts'
import type { LoggedAttempt } from './logged-attempt.ts'

/** What the ledger and the request's row tell of an attempt, or of a request that a budget refused. */
export type LogRow = {
  attemptId: AttemptId
  requestId: RequestId
  scopes: ScopeIds
  heldAt: Instant
  /** Absent in rows of releases that did not record it. */
  ask: RequestAsk | null
  /** What was held, or asked for and refused. */
  hold: NanoUsd
  /** Null: refused by a budget. */
  charge: { endedAt: Instant; cost: NanoUsd; tokens: TokenCounts; source: UsageSource; priceVersion: string } | null
}

/** More output tokens than any model writes. */
const mostOutput = 100_000_000

/** The least output that is worth an answer where the row does not say. */
const usuallyLeast = 256

/**
 * An attempt as it can be replayed. Far from every limit the proxy bounds the input by the length of the body; near one
 * it counts. So what was not counted then is taken from the provider's report, which is what a count would have said.
 */
export function logged(row: LogRow, priceOf: (version: string) => Price | undefined): LoggedAttempt {
  const { attemptId, requestId, scopes, heldAt, hold, charge } = row
  const version = charge?.priceVersion ?? row.ask?.priceVersion
  const price = version === undefined ? undefined : priceOf(version)
  return {
    attemptId,
    requestId,
    scopes,
    heldAt,
    hold,
    ask: price ? askOf(row, price) : null,
    settled: charge && { at: charge.endedAt, cost: charge.cost, tokens: charge.tokens },
  }
}

function askOf({ ask, charge, hold }: LogRow, price: Price): LoggedAttempt['ask'] {
  const reported = charge?.source === 'reported' ? inputOf(charge.tokens) : 0
  if (ask) {
    const { cap, choices, least } = ask
    const input = ask.exact || reported === 0 ? ask.input : Math.min(ask.input, reported)
    return { input, cap, choices, least, price }
  }
  // Before asks were recorded: the cap is what the hold paid for.
  const cap = reported === 0 ? undefined : outputThatFits(reported, price, hold, mostOutput)
  if (cap === undefined || cap === mostOutput) return null
  return { input: reported, cap, choices: 1, least: Math.min(usuallyLeast, cap), price }
}

const inputOf = (tokens: TokenCounts): number => inputClasses.reduce((sum, name) => sum + (tokens[name] ?? 0), 0)
