/** nano-USD as bigint or as it travels: digits, possibly signed. */
export type NanoAmount = bigint | string

const dollar = 1_000_000_000n
const cent = dollar / 100n
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

const divideRounding = (dividend: bigint, divisor: bigint): bigint => (dividend + divisor / 2n) / divisor

/**
 * Money as people read it (console.md 1.5): from $1 on with 2 decimals, below with up to 4 significant digits and at
 * least cents, and never $0.00 for something that is not zero.
 */
export function moneyText(amount: NanoAmount): string {
  const nano = BigInt(amount)
  if (nano === 0n) return '$0.00'
  const size = nano < 0n ? -nano : nano
  const sign = nano < 0n ? '−' : ''
  if (size < 1_000n) return `${sign}<$0.000001`
  const rounded = size < dollar ? toFourDigits(size) : size
  return rounded < dollar ? `${sign}$${smallText(rounded)}` : `${sign}$${centsText(rounded)}`
}

/** Every digit: "$0.000183000" → "$0.000183". For tooltips and for cells that are compared. */
export function fullMoneyText(amount: NanoAmount): string {
  const nano = BigInt(amount)
  const size = nano < 0n ? -nano : nano
  const fraction = (size % dollar)
    .toString()
    .padStart(9, '0')
    .replace(/0{1,7}$/, '')
  return `${nano < 0n ? '−' : ''}$${whole.format(size / dollar)}.${fraction}`
}

/** Short, for axes: "$0.002", "$40", "$1.2k". */
export function axisMoneyText(dollars: number): string {
  if (dollars === 0) return '$0'
  return `$${new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 }).format(dollars)}`
}

/** For geometry only (charts, bars): nano-USD as a floating number of dollars. Never shown and never summed. */
export const dollarsForDrawing = (amount: NanoAmount): number => Number(BigInt(amount)) / 1e9

function toFourDigits(size: bigint): bigint {
  const unit = 10n ** BigInt(Math.max(0, size.toString().length - 4))
  return divideRounding(size, unit) * unit
}

const smallText = (size: bigint): string =>
  `0.${size
    .toString()
    .padStart(9, '0')
    .replace(/0{1,7}$/, '')}`

function centsText(size: bigint): string {
  const cents = divideRounding(size, cent)
  return `${whole.format(cents / 100n)}.${(cents % 100n).toString().padStart(2, '0')}`
}
