import type { NanoUsd } from '@tollkeeper/domain/price'

/** What the month is going to cost if its days go on as its full days went; null until there are three of them. */
export function forecastOf(month: {
  /** Of all full days, and of the whole month so far. */
  spent: { fullDays: NanoUsd; soFar: NanoUsd }
  fullDays: number
  days: number
}): NanoUsd | null {
  const { spent, fullDays, days } = month
  if (fullDays < 3) return null
  const mean = (spent.fullDays * BigInt(days)) / BigInt(fullDays)
  return mean > spent.soFar ? mean : spent.soFar
}
