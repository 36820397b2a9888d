import { ceilDiv, type NanoUsd } from './money.ts'
import { inputClasses, tokenClasses, type Price, type Rates, type TokenCounts } from './price.ts'

/** Pico-USD per nano-USD. */
const picoPerNano = 1000n

const inputTokens = (tokens: TokenCounts): number => inputClasses.reduce((sum, name) => sum + (tokens[name] ?? 0), 0)

/** The rates for a request of that many input tokens in all: those of the highest tier it passes. */
export function ratesFor(price: Price, input: number): Rates {
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

const textInput = ['inputUncached', 'inputCacheRead', 'inputCacheWrite5m', 'inputCacheWrite1h'] as const

/** Undefined where no class of text has a price. */
function dearestInput(rates: Rates): bigint | undefined {
  const [first, ...others] = textInput.map((name) => rates[name]).filter((rate) => rate !== undefined)
  return first === undefined ? undefined : others.reduce((best, rate) => (rate > best ? rate : best), first)
}

/**
 * Input at its dearest class and output, in each tier that an input of that size can reach. Undefined without a price;
 * what writes nothing needs none for output.
 */
function boundsOf(tokens: number, price: Price, writes = true): { input: bigint; output: bigint }[] | undefined {
  const reachable = [price.rates]
  for (const tier of price.tiers) {
    if (tokens > tier.aboveInputTokens) reachable.push({ ...reachable.at(-1), ...tier.rates })
  }
  const bounds: { input: bigint; output: bigint }[] = []
  for (const rates of reachable) {
    const input = dearestInput(rates)
    const output = rates.outputText ?? (writes ? undefined : 0n)
    if (input === undefined || output === undefined) return undefined
    bounds.push({ input, output })
  }
  return bounds
}

/**
 * Upper bound in nano-USD of an attempt that reads at most `input` tokens and writes at most `output` tokens
 * (all choices together): each side at its dearest class, over every tier that input can reach (money.md 4.3).
 * Text only: audio and image classes join the bound when their features arrive. Undefined without a price.
 */
export function worstCase(bound: { input: number; output: number }, price: Price): NanoUsd | undefined {
  const bounds = boundsOf(bound.input, price, bound.output > 0)
  if (bounds === undefined) return undefined
  let worst = 0n
  for (const rate of bounds) {
    const pico = BigInt(bound.input) * rate.input + BigInt(bound.output) * rate.output
    if (pico > worst) worst = pico
  }
  return ceilDiv(worst, picoPerNano)
}

/**
 * The most output tokens (all choices together, at most `atMost`) with which an attempt that reads `input` tokens has a
 * worst case of no more than `left`. Undefined when not even its input fits, or without a price.
 */
export function outputThatFits(input: number, price: Price, left: NanoUsd, atMost: number): number | undefined {
  const bounds = boundsOf(input, price)
  if (bounds === undefined) return undefined
  let most = BigInt(atMost)
  for (const rate of bounds) {
    const room = left * picoPerNano - BigInt(input) * rate.input
    if (room < 0n) return undefined
    if (rate.output > 0n && room / rate.output < most) most = room / rate.output
  }
  return Number(most)
}
