import type { Instant } from '../time/index.ts'

/** At most `limit` in any stretch of `lengthMs`. */
export type WindowRule = { limit: number; lengthMs: number }

/**
 * Counts of one slot (`floor(time / length)`) and of the slot before it. What the slot before counts for shrinks
 * evenly while the present one passes. Whole numbers only; the Lua twin is redis/src/scripts/parts/window.lua.
 */
export type WindowState = { slot: number; current: number; previous: number }

/** The state as it is at `at`. A clock that went back stands still until it has caught up. */
export function windowAt(
  state: WindowState | undefined,
  rule: Pick<WindowRule, 'lengthMs'>,
  at: Instant,
): WindowState & { elapsedMs: number } {
  const slot = Math.floor(at / rule.lengthMs)
  if (state && state.slot >= slot) return { ...state, elapsedMs: Math.max(0, at - state.slot * rule.lengthMs) }
  const previous = state && state.slot === slot - 1 ? state.current : 0
  return { slot, current: 0, previous, elapsedMs: at - slot * rule.lengthMs }
}

/**
 * Milliseconds until `count` more fit if nobody else asks: 0 when they fit now, null when they never will.
 * They fit when `previous × (length − elapsed) + (current + count) × length ≤ limit × length`. Nothing always fits.
 */
export function windowWaitMs(
  state: WindowState | undefined,
  { limit, lengthMs }: WindowRule,
  count: number,
  at: Instant,
): number | null {
  if (count === 0) return 0
  if (count > limit) return null
  const { current, previous, elapsedMs } = windowAt(state, { lengthMs }, at)
  const room = limit - current - count
  if (room >= 0) {
    if (previous * (lengthMs - elapsedMs) <= room * lengthMs) return 0
    return lengthMs - Math.floor((room * lengthMs) / previous) - elapsedMs
  }
  // Not in this slot; in the next one the present count is the one that shrinks.
  return lengthMs - elapsedMs + Math.max(0, lengthMs - Math.floor(((limit - count) * lengthMs) / current))
}

/** Counts `count`, without asking whether it fits. */
export function takeFromWindow(
  state: WindowState | undefined,
  rule: Pick<WindowRule, 'lengthMs'>,
  count: number,
  at: Instant,
): WindowState {
  const { slot, current, previous } = windowAt(state, rule, at)
  return { slot, current: current + count, previous }
}

/** Changes what was taken at `takenAt` by `more` (less if negative), as long as the window still covers that slot. */
export function correctWindow(
  state: WindowState,
  rule: Pick<WindowRule, 'lengthMs'>,
  more: number,
  takenAt: Instant,
): WindowState {
  const taken = Math.floor(takenAt / rule.lengthMs)
  if (state.slot === taken) return { ...state, current: Math.max(0, state.current + more) }
  if (state.slot === taken + 1) return { ...state, previous: Math.max(0, state.previous + more) }
  return state
}
