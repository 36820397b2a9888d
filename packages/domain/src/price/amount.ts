import { costOf } from './cost.ts'
import { maxHoldNano, type NanoUsd } from './money.ts'
import { inputClasses, type Price, type TokenCounts } from './price.ts'

/** What an attempt that used these tokens is charged: the rule of the proxy, and of whoever checks or re-rates it. */
export function amountOf(tokens: TokenCounts, price: Price): NanoUsd {
  const known = costOf(tokens, price) === undefined ? inDearestInput(tokens, price) : tokens
  const amount = costOf(known, price) ?? maxHoldNano
  // A report beyond what one hold can carry is charged at that: the store takes no more in one piece.
  return amount > maxHoldNano ? maxHoldNano : amount
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
    if (price.rates[name] !== undefined) continue
    delete folded[name]
    folded[dearest] = (folded[dearest] ?? 0) + count
  }
  return folded
}
