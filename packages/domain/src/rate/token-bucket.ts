import type { Instant } from '../time/index.ts'

/** In whole micro-tokens, so that a refill of a thousandth of a token per second is a whole number per ms. */
export type BucketRule = { capacity: number; refillPerMs: number }

/** Micro-tokens that are there, below zero when an answer was longer than estimated, and when they were last refilled. */
export type BucketState = { level: number; at: Instant }

export const microPerToken = 1_000_000

/** Beyond any debt that means anything, and still a whole number. */
const deepest = -9_000_000_000_000_000

/** The state as it is at `at`. No state: full. The time of refill never goes back with the clock. */
export function bucketAt(state: BucketState | undefined, rule: BucketRule, at: Instant): BucketState {
  if (!state) return { level: rule.capacity, at }
  // A capacity that was lowered clamps; one that was raised adds nothing.
  const level = Math.min(state.level, rule.capacity)
  if (at <= state.at) return { level, at: state.at }
  const gained = (at - state.at) * rule.refillPerMs
  return { level: gained >= rule.capacity - level ? rule.capacity : level + gained, at }
}

/** Milliseconds until `tokens` are there if nobody else asks: 0 when they are there now, null when they never will be. */
export function bucketWaitMs(
  state: BucketState | undefined,
  rule: BucketRule,
  tokens: number,
  at: Instant,
): number | null {
  const need = tokens * microPerToken
  const { level } = bucketAt(state, rule, at)
  if (need === 0 || level >= need) return 0
  if (need > rule.capacity || rule.refillPerMs === 0) return null
  return Math.ceil((need - level) / rule.refillPerMs)
}

/** Takes `tokens`, without asking whether they are there. */
export function takeFromBucket(
  state: BucketState | undefined,
  rule: BucketRule,
  tokens: number,
  at: Instant,
): BucketState {
  const refilled = bucketAt(state, rule, at)
  return { level: Math.max(deepest, refilled.level - tokens * microPerToken), at: refilled.at }
}

/** Changes what was taken by `more` tokens (less if negative). */
export function correctBucket(state: BucketState, rule: BucketRule, more: number): BucketState {
  return { level: Math.max(deepest, Math.min(rule.capacity, state.level - more * microPerToken)), at: state.at }
}
