import type { TokenCounts } from '../price/index.ts'

/**
 * A provider's report of what an answer used: disjoint counts, or why it cannot be believed. `reasoning` is the part of
 * the output that was thinking, where the provider tells it.
 */
export type UsageReport =
  | { kind: 'usage'; tokens: TokenCounts; reasoning?: number }
  | { kind: 'missing' }
  | { kind: 'nonsense' }
