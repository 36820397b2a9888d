import { costOf, inputClasses, maxHoldNano, type NanoUsd, type Price, type TokenCounts } from '@tollkeeper/domain/price'
import type { UsageSource } from '@tollkeeper/domain/usage'
import type { UsageReport } from '@tollkeeper/wire/openai-chat'

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
  const known = costOf(tokens, price) === undefined ? inDearestInput(tokens, price) : tokens
  const amount = costOf(known, price) ?? maxHoldNano
  // A report beyond what one hold can carry is charged at that: the store takes no more in one piece.
  return { amount: amount > maxHoldNano ? maxHoldNano : amount, tokens, source }
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

// A class without a price of its own is charged as the dearest input: that is what the hold assumed.
function inDearestInput(tokens: TokenCounts, price: Price): TokenCounts {
  const priced = inputClasses.filter((name) => price.rates[name] !== undefined)
  const dearest = priced.reduce(
    (best, name) => ((price.rates[name] ?? 0n) > (price.rates[best] ?? 0n) ? name : best),
    priced[0] ?? 'inputUncached',
  )
  const folded: TokenCounts = { ...tokens }
  for (const name of inputClasses) {
    const count = folded[name] ?? 0
    if (count === 0 || price.rates[name] !== undefined) continue
    delete folded[name]
    folded[dearest] = (folded[dearest] ?? 0) + count
  }
  return folded
}
