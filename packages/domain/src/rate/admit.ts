import type { Instant } from '../time/index.ts'
import { takeFromWindow, windowAt, windowWaitMs, type WindowRule, type WindowState } from './sliding-window.ts'

export type AdmitAnswer =
  /** `tightest`: index of the limit with the fewest requests left, of which `remaining` are; whole again in `resetMs`. */
  | { kind: 'admitted'; tightest: number; remaining: number; resetMs: number }
  /** `limit`: index of the limit with the longest wait. */
  | { kind: 'refused'; limit: number; waitMs: number }

/**
 * Counts one request in every window, or in none. `states` are those of `rules`, in order; there is at least one rule.
 * The Lua twin is redis/src/scripts/admit_v1.lua.
 */
export function admit(
  states: readonly (WindowState | undefined)[],
  rules: readonly WindowRule[],
  at: Instant,
): [readonly (WindowState | undefined)[], AdmitAnswer] {
  const waits = rules.map((rule, i) => windowWaitMs(states[i], rule, 1, at) ?? Number.POSITIVE_INFINITY)
  const longest = Math.max(...waits)
  if (longest > 0) return [states, { kind: 'refused', limit: waits.indexOf(longest), waitMs: longest }]
  const taken = rules.map((rule, i) => takeFromWindow(states[i], rule, 1, at))
  const left = rules.map((rule, i) => {
    const { current, previous, elapsedMs } = windowAt(taken[i], rule, at)
    const { limit, lengthMs } = rule
    return {
      remaining: Math.floor((limit * lengthMs - previous * (lengthMs - elapsedMs) - current * lengthMs) / lengthMs),
      // What was just counted has lost its weight when the next slot is over.
      resetMs: 2 * lengthMs - elapsedMs,
    }
  })
  const fewest = Math.min(...left.map((one) => one.remaining))
  const tightest = left.findIndex((one) => one.remaining === fewest)
  return [taken, { kind: 'admitted', tightest, remaining: fewest, resetMs: left[tightest]?.resetMs ?? 0 }]
}
