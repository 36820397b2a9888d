import type { NanoUsd } from '@tollkeeper/domain/price'

/**
 * What the month is going to cost: what was spent before today, and for today and each day to come the mean of the full
 * days there were. Null until there are three of them.
 */
export function forecastOf(month: {
  spent: {
    /** In the full days, of all days before today, and of the whole month so far. */
    fullDays: NanoUsd
    beforeToday: NanoUsd
    soFar: NanoUsd
  }
  fullDays: number
  /** Today and those to come. */
  daysLeft: number
}): NanoUsd | null {
  const { spent, fullDays, daysLeft } = month
  if (fullDays < 3) return null
  const expected = spent.beforeToday + (spent.fullDays * BigInt(daysLeft)) / BigInt(fullDays)
  return expected > spent.soFar ? expected : spent.soFar
}
