import type { UsageReport } from '@tollkeeper/domain/chat'
import { amountOf, inputClasses, type NanoUsd, type Price, type TokenCounts } from '@tollkeeper/domain/price'
import type { UsageSource } from '@tollkeeper/domain/usage'

/** What an attempt is charged, and on what grounds. */
export type Charge = { amount: NanoUsd; tokens: TokenCounts; source: UsageSource }

/** Nothing was used: the provider refused, failed before any output, or was never reached. */
export const noCharge: Charge = { amount: 0n, tokens: {}, source: 'reported' }

/** What the hold stands for, when nobody can know what was used. */
export function chargeOfHold(
  held: { amount: NanoUsd; input: number; cap: number },
  choices: number,
  source: UsageSource,
): Charge {
  return { amount: held.amount, tokens: { inputUncached: held.input, outputText: held.cap * choices }, source }
}

/** Tokens that were counted or reported, at a price. */
export function chargeOfTokens(tokens: TokenCounts, price: Price, source: UsageSource): Charge {
  return { amount: amountOf(tokens, price), tokens, source }
}

/** Whether a report can be true: every prompt has tokens, and no text is written with none. */
export function isPlausible(
  report: UsageReport,
  wroteText: () => boolean,
): report is Extract<UsageReport, { kind: 'usage' }> {
  if (report.kind !== 'usage') return false
  const input = inputClasses.reduce((sum, name) => sum + (report.tokens[name] ?? 0), 0)
  return input > 0 && ((report.tokens.outputText ?? 0) > 0 || !wroteText())
}
