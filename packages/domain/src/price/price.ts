import { z } from 'zod'
import type { PicoUsd } from './money.ts'

/** Disjoint classes of tokens (money.md 4.1). Output text includes reasoning. */
export const tokenClasses = [
  'inputUncached',
  'inputCacheRead',
  'inputCacheWrite5m',
  'inputCacheWrite1h',
  'outputText',
  'audioIn',
  'audioOut',
  'imageIn',
  'imageOut',
] as const
export type TokenClass = (typeof tokenClasses)[number]

export const inputClasses = [
  'inputUncached',
  'inputCacheRead',
  'inputCacheWrite5m',
  'inputCacheWrite1h',
  'audioIn',
  'imageIn',
] as const satisfies readonly TokenClass[]

/** Whole tokens per class; an absent class is 0. */
export type TokenCounts = Partial<Record<TokenClass, number>>

/** pico-USD per token and class. An absent class has no known price. */
export type Rates = Partial<Record<TokenClass, PicoUsd>>

/**
 * What a model costs. `tiers` reprice the whole request when its input passes `aboveInputTokens`
 * (long-context prices); they are ordered by that number.
 */
export type Price = {
  /** Row of the price book this came from, stored with every charge. */
  version: string
  rates: Rates
  tiers: readonly { aboveInputTokens: number; rates: Rates }[]
}

const pico = z
  .string()
  .regex(/^\d{1,18}$/)
  .transform((text) => BigInt(text))
const ratesText = z.partialRecord(z.enum(tokenClasses), pico)

/** A price as it travels in JSON: pico-USD as digit strings. */
export const priceText = z.object({
  version: z.string(),
  rates: ratesText,
  tiers: z.array(z.object({ aboveInputTokens: z.int().nonnegative(), rates: ratesText })),
})

/** The inverse of `priceText`. */
export function priceToText(price: Price): z.input<typeof priceText> {
  const rates = (from: Rates) =>
    Object.fromEntries(Object.entries(from).map(([name, value]) => [name, String(value)])) as z.input<typeof ratesText>
  return {
    version: price.version,
    rates: rates(price.rates),
    tiers: price.tiers.map((tier) => ({ aboveInputTokens: tier.aboveInputTokens, rates: rates(tier.rates) })),
  }
}
