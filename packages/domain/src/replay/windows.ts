import { windowOf, type BudgetPeriod, type BudgetWindow } from '../time/index.ts'

/** `windowOf` for instants that come nearly in order: the calendar is asked once per window, not once per attempt. */
export function makeWindows(): typeof windowOf {
  const latest = new Map<BudgetPeriod, BudgetWindow>()
  return (period, zone, at) => {
    const there = latest.get(period)
    if (there && at >= there.startMs && at < there.endMs) return there
    const window = windowOf(period, zone, at)
    latest.set(period, window)
    return window
  }
}
