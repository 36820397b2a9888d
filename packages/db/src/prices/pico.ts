import type { PicoUsd } from '@tollkeeper/domain/price'

const decimal = /^(\d+)(?:\.(\d+))?$/
/** USD per million tokens × 10⁶ = pico-USD per token. */
const decimals = 6

/**
 * pico-USD per token of a price in USD per million tokens, from its decimal text and therefore exact. Where the source
 * has more than 6 decimals, the price is not a whole pico: binary noise in the 17th digit is dropped, anything else is
 * rounded up, and `exact` is false. Throws for numbers that are not plain decimals.
 */
export function picoOf(usdPerMillion: number): { pico: PicoUsd; exact: boolean } {
  const exact = digitsOf(String(usdPerMillion))
  if (exact.rest === '') return { pico: exact.pico, exact: true }
  const { pico, rest } = digitsOf(usdPerMillion.toPrecision(15))
  return { pico: rest === '' ? pico : pico + 1n, exact: false }
}

function digitsOf(text: string): { pico: PicoUsd; rest: string } {
  const match = decimal.exec(text)
  if (!match) throw new Error(`Not a price in plain decimals: ${text}`)
  const [, whole = '0', fraction = ''] = match
  return {
    pico: BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0')),
    rest: fraction.slice(decimals).replace(/0+$/, ''),
  }
}
