import { amountOf } from './amount.ts'
import type { NanoUsd } from './money.ts'
import { inputClasses, tokenClasses, type Price, type TokenCounts } from './price.ts'

/** A charge as the ledger has it. `amount` is what it was at first, whatever was adjusted since. */
export type RatedCharge = {
  tokens: TokenCounts
  /** `estimated` and `held` as in the ledger: counted by us, or the whole hold because nobody knows. */
  source: 'reported' | 'estimated' | 'held'
  amount: NanoUsd
  hold: NanoUsd
}

/**
 * What a charge comes to at another price. Null where that cannot be told, and the charge stays what it is: nobody knows
 * what was used, or the price has no rate for a class of it.
 */
export function reratedAmount(charge: RatedCharge, price: Price): NanoUsd | null {
  const used = tokenClasses.filter((name) => (charge.tokens[name] ?? 0) > 0)
  const unknown =
    charge.source === 'held' ||
    (charge.source === 'estimated' && charge.amount === charge.hold && charge.amount > 0n) ||
    (used.length === 0 && charge.amount > 0n)
  if (unknown) return null
  const isInput = (name: string) => inputClasses.some((each) => each === name)
  // Input without a rate of its own costs what the dearest input costs; output has no such rule.
  const anyInput = inputClasses.some((name) => price.rates[name] !== undefined)
  const priced = used.every((name) => price.rates[name] !== undefined || (isInput(name) && anyInput))
  return priced ? amountOf(charge.tokens, price) : null
}
