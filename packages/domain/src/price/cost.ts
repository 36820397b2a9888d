import { ceilDiv, type NanoUsd } from './money.ts'
import { inputClasses, tokenClasses, type Price, type Rates, type TokenCounts } from './price.ts'

/** Pico-USD per nano-USD. */
const picoPerNano = 1000n

const inputTokens = (tokens: TokenCounts): number => inputClasses.reduce((sum, name) => sum + (tokens[name] ?? 0), 0)

function ratesFor(price: Price, input: number): Rates {
  let rates = price.rates
  for (const tier of price.tiers) if (input > tier.aboveInputTokens) rates = { ...rates, ...tier.rates }
  return rates
}

const picoCost = (tokens: TokenCounts, rates: Rates): bigint | undefined => {
  let sum = 0n
  for (const name of tokenClasses) {
    const count = tokens[name] ?? 0
    if (count === 0) continue
    const rate = rates[name]
    if (rate === undefined) return undefined
    sum += BigInt(count) * rate
  }
  return sum
}

/**
 * Cost of one attempt in nano-USD: Σ tokens × pico price, rounded up once (money.md 4.1).
 * Gives undefined when a class that occurs has no price, never 0 for it.
 */
export function costOf(tokens: TokenCounts, price: Price): NanoUsd | undefined {
  const pico = picoCost(tokens, ratesFor(price, inputTokens(tokens)))
  return pico === undefined ? undefined : ceilDiv(pico, picoPerNano)
}

const dearest = (rates: Rates, names: readonly (keyof Rates)[]): bigint | undefined =>
  names.reduce<bigint | undefined>((best, name) => {
    const rate = rates[name]
    return rate !== undefined && (best === undefined || rate > best) ? rate : best
  }, undefined)

/**
 * Upper bound in nano-USD of an attempt that reads at most `input` tokens and writes at most `output` tokens
 * (all choices together): each side at its dearest class, over every tier that input can reach (money.md 4.3).
 * Text only: audio and image classes join the bound when their features arrive. Undefined without a price.
 */
export function worstCase(bound: { input: number; output: number }, price: Price): NanoUsd | undefined {
  const reachable = [price.rates]
  for (const tier of price.tiers) {
    if (bound.input > tier.aboveInputTokens) reachable.push({ ...reachable.at(-1), ...tier.rates })
  }
  let worst: bigint | undefined
  for (const rates of reachable) {
    const input = dearest(rates, ['inputUncached', 'inputCacheRead', 'inputCacheWrite5m', 'inputCacheWrite1h'])
    const output = rates.outputText
    if (input === undefined || output === undefined) return undefined
    const pico = BigInt(bound.input) * input + BigInt(bound.output) * output
    if (worst === undefined || pico > worst) worst = pico
  }
  return worst === undefined ? undefined : ceilDiv(worst, picoPerNano)
}
