import { findProvider, type ConditionalPrice, type ModelPrice, type Provider } from '@pydantic/genai-prices'
import type { SimulatedModel } from '../models.ts'

/** Prices of one call, in pico-USD per token (the same number as micro-USD per million tokens). */
export type CallPrice = Record<keyof InputTokens, bigint> & { output: bigint }

/** Input tokens by what they cost, each counted once. */
export type InputTokens = { uncached: number; cacheRead: number; cacheWrite5m: number; cacheWrite1h: number }

/** No input at all. */
export const noInput: InputTokens = { uncached: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 }

/** All input tokens together. */
export const inputTotal = ({ uncached, cacheRead, cacheWrite5m, cacheWrite1h }: InputTokens): number =>
  uncached + cacheRead + cacheWrite5m + cacheWrite1h

/**
 * The list price of a model for a call of that moment and prompt size, or undefined when no list
 * knows the model. Among dated and time-of-day prices the last one in force wins, as the list's
 * own notes say; a tier reprices the whole call once the prompt has more tokens than its start. Cached
 * input without a price of its own costs what other input costs; a model without output costs nothing for it.
 */
export function priceOf(model: SimulatedModel, at: Date, promptTokens: number): CallPrice | undefined {
  const listed = providerOf(model.ownedBy)?.models.find((entry) => entry.id === model.id)
  if (!listed) return undefined
  const price = inForce(listed.prices, at)
  const of = (name: string) => picoOf(price?.[name], promptTokens)
  const uncached = of('input_mtok')
  const output = model.maxOutputTokens === 0 ? 0n : of('output_mtok')
  if (uncached === undefined || output === undefined) return undefined
  return {
    uncached,
    cacheRead: of('cache_read_mtok') ?? uncached,
    cacheWrite5m: of('cache_write_mtok') ?? uncached,
    cacheWrite1h: of('cache_write_1h_mtok') ?? of('cache_write_mtok') ?? uncached,
    output,
  }
}

/** Tokens times price, rounded up once to whole nano-USD. */
export function billNano(price: CallPrice, input: InputTokens, outputTokens: number): bigint {
  const pico =
    BigInt(input.uncached) * price.uncached +
    BigInt(input.cacheRead) * price.cacheRead +
    BigInt(input.cacheWrite5m) * price.cacheWrite5m +
    BigInt(input.cacheWrite1h) * price.cacheWrite1h +
    BigInt(outputTokens) * price.output
  return (pico + 999n) / 1_000n
}

/** Pico-USD per token from the decimal text of USD per million tokens, exactly. */
export function picoFromDecimal(usdPerMillion: string): bigint {
  const parts = /^(\d+)(?:\.(\d{1,6}))?$/.exec(usdPerMillion)
  if (!parts) throw new RangeError(`No whole pico-USD price: ${usdPerMillion}`)
  return BigInt(parts[1] ?? '0') * 1_000_000n + BigInt((parts[2] ?? '').padEnd(6, '0'))
}

const providers = new Map<string, Provider | undefined>()

function providerOf(id: string): Provider | undefined {
  if (!providers.has(id)) providers.set(id, findProvider({ providerId: id }))
  return providers.get(id)
}

function inForce(prices: ConditionalPrice[] | ModelPrice, at: Date): ModelPrice | undefined {
  if (!Array.isArray(prices)) return prices
  return prices.findLast((entry) => holds(entry.constraint, at))?.prices
}

function holds(constraint: ConditionalPrice['constraint'], at: Date): boolean {
  if (!constraint) return true
  if (constraint.type === 'start_date') return at.toISOString().slice(0, 10) >= constraint.start_date
  const time = at.toISOString().slice(11, 19)
  const [from, to] = [constraint.start_time.slice(0, 8), constraint.end_time.slice(0, 8)]
  return from <= to ? time >= from && time < to : time >= from || time < to
}

function picoOf(price: ModelPrice[string], promptTokens: number): bigint | undefined {
  if (price === undefined) return undefined
  if (typeof price === 'number') return picoFromDecimal(String(price))
  const tier = price.tiers.findLast(({ start }) => promptTokens > start)
  return picoFromDecimal(String(tier ? tier.price : price.base))
}
