import { z } from 'zod'

/** Whole nano-dollars (10⁻⁹ USD). A bigint in code, a decimal string in JSON, BIGINT in Postgres. */
export type NanoUsd = bigint
/** Whole pico-dollars (10⁻¹² USD) per token, which equals micro-dollars per million tokens. */
export type PicoUsd = bigint

/** One hold stays below 10¹⁵ nano-USD so that Lua's doubles compare it exactly (decisions.md 2). */
export const maxHoldNano: NanoUsd = 999_999_999_999_999n
/** One limit is at most 9,000,000 USD = 9 × 10¹⁵ nano-USD, below 2⁵³. */
export const maxLimitNano: NanoUsd = 9_000_000_000_000_000n

/** Divides rounding up. `divisor` > 0, `dividend` ≥ 0. */
export const ceilDiv = (dividend: bigint, divisor: bigint): bigint => (dividend + divisor - 1n) / divisor

const usdPattern = /^(\d{1,7})(?:\.(\d{1,9}))?$/

/**
 * Reads an amount in USD written as plain decimal text ("5", "0.25") into nano-USD, exactly.
 * Gives undefined for anything else: signs, exponents, spaces, more than 9 decimals, more than 9,000,000.
 */
export function parseUsd(text: string): NanoUsd | undefined {
  const match = usdPattern.exec(text)
  if (!match) return undefined
  const nano = BigInt(match[1] ?? '0') * 1_000_000_000n + BigInt((match[2] ?? '').padEnd(9, '0'))
  return nano <= maxLimitNano ? nano : undefined
}

/** Writes nano-USD as decimal text with 9 decimals ("-0.000000001", "5.000000000"): the form on the wire and in exports. */
export function usdText(nano: NanoUsd): string {
  const [sign, amount] = nano < 0n ? ['-', -nano] : ['', nano]
  const digits = amount.toString().padStart(10, '0')
  return `${sign}${digits.slice(0, -9)}.${digits.slice(-9)}`
}

/** nano-USD as it travels in JSON: a string of digits, possibly signed. */
export const nanoUsdText = z
  .string()
  .regex(/^-?\d{1,19}$/)
  .transform((text) => BigInt(text))

/** Amount of USD as people type it, 0 allowed; gives nano-USD. */
export const usdInput = z
  .string()
  .trim()
  .transform((text, context) => {
    const nano = parseUsd(text)
    if (nano !== undefined) return nano
    context.addIssue({ code: 'custom', message: 'Enter an amount in USD such as 5 or 0.25, at most 9,000,000' })
    return z.NEVER
  })
