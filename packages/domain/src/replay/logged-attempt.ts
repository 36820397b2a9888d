import type { AttemptId, RequestId } from '../id/index.ts'
import type { CapAsk } from '../ledger/index.ts'
import type { NanoUsd, Price, TokenCounts } from '../price/index.ts'
import type { ScopeIds } from '../scope/index.ts'
import type { Instant } from '../time/index.ts'

/** An attempt as it was recorded: what it asked of the budgets, and what became of it. */
export type LoggedAttempt = {
  attemptId: AttemptId
  requestId: RequestId
  scopes: ScopeIds
  /** When it was held, or refused; with decimals. */
  heldAt: Instant
  /**
   * What it asked and at what price, so that it can be clamped to what another limit would have left. Null where that
   * was not recorded: then it is held as it was, or not at all.
   */
  ask: (CapAsk & { price: Price }) | null
  /** What was held, or asked for and refused. */
  hold: NanoUsd
  /** Null: a budget refused it, and what it would have cost is not known. */
  settled: { at: Instant; cost: NanoUsd; tokens: TokenCounts } | null
}
