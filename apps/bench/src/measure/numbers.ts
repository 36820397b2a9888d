/** The middle value; between two middle ones, their mean. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const above = sorted[Math.floor(middle)] ?? Number.NaN
  const below = sorted[Math.ceil(middle) - 1] ?? Number.NaN
  return (above + below) / 2
}

/**
 * The smallest of the values that at least `percent` percent of them do not exceed (nearest rank).
 * NaN of nothing. `percent` in (0, 100].
 */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? Number.NaN
}

export type Spread = { readonly min: number; readonly median: number; readonly max: number }

export function spreadOf(values: readonly number[]): Spread {
  return { min: Math.min(...values), median: median(values), max: Math.max(...values) }
}
