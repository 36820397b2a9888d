import { findProvider, type ConditionalPrice, type ModelPrice, type Provider } from '@pydantic/genai-prices'
import type { SimulatedModel } from '../models.ts'

/** Prices of one call, in pico-USD per token (the same number as micro-USD per million tokens). */
export type CallPrice = { inputPico: bigint; outputPico: bigint }

/**
 * The list price of a model for a call of that moment and prompt size, or undefined when no list
 * knows the model. Among dated and time-of-day prices the last one in force wins, as the list's
 * own notes say; a tier reprices the whole call once the prompt has more tokens than its start.
 */
export function priceOf(model: SimulatedModel, at: Date, promptTokens: number): CallPrice | undefined {
  const listed = providerOf(model.ownedBy)?.models.find((entry) => entry.id === model.id)
  if (!listed) return undefined
  const price = inForce(listed.prices, at)
  const inputPico = picoOf(price?.['input_mtok'], promptTokens)
  const outputPico = picoOf(price?.['output_mtok'], promptTokens)
  if (inputPico === undefined || outputPico === undefined) return undefined
  return { inputPico, outputPico }
}

/** Tokens times price, rounded up once to whole nano-USD. */
export function billNano(price: CallPrice, promptTokens: number, completionTokens: number): bigint {
  const pico = BigInt(promptTokens) * price.inputPico + BigInt(completionTokens) * price.outputPico
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
