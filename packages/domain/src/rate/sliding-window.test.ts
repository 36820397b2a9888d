import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { correctWindow, takeFromWindow, windowAt, windowWaitMs, type WindowState } from './sliding-window.ts'

const perMinute = (limit: number) => ({ limit, lengthMs: 60_000 })

describe('a sliding window', () => {
  it('refuses the sixth request of a slow drip of one every 11 s at 5 per minute', () => {
    let state: WindowState | undefined
    const waits = [0, 11, 22, 33, 44, 55].map((second) => {
      const wait = windowWaitMs(state, perMinute(5), 1, second * 1_000)
      if (wait === 0) state = takeFromWindow(state, perMinute(5), 1, second * 1_000)
      return wait
    })
    // All five are in the slot that ends at 60 s; a fifth of it must have passed before the sixth fits.
    expect(waits).toEqual([0, 0, 0, 0, 0, 17_000])
  })

  it('lets half of the slot before count when half of the present one has passed', () => {
    const full = takeFromWindow(undefined, perMinute(100), 100, 0)
    expect(windowWaitMs(full, perMinute(100), 50, 90_000)).toBe(0)
    expect(windowWaitMs(full, perMinute(100), 51, 90_000)).toBe(600)
  })

  it('never admits more at once than the limit', () => {
    expect(windowWaitMs(undefined, perMinute(10), 11, 0)).toBeNull()
  })

  it('forgets what is two slots old', () => {
    const full = takeFromWindow(undefined, perMinute(10), 10, 0)
    expect(windowAt(full, perMinute(10), 120_000)).toEqual({ slot: 2, current: 0, previous: 0, elapsedMs: 0 })
  })

  it('stands still while the clock is behind', () => {
    const later = takeFromWindow(undefined, perMinute(10), 10, 600_000)
    expect(windowWaitMs(later, perMinute(10), 1, 0)).toBe(66_000)
  })

  it('corrects in the slot where it was taken, and not after the window has passed it', () => {
    const taken = takeFromWindow(undefined, perMinute(100), 60, 59_999)
    const next = takeFromWindow(taken, perMinute(100), 5, 60_000)
    expect(correctWindow(next, perMinute(100), -40, 59_999)).toEqual({ slot: 1, current: 5, previous: 20 })
    const after = takeFromWindow(next, perMinute(100), 1, 120_000)
    expect(correctWindow(after, perMinute(100), -40, 59_999)).toEqual(after)
  })

  it('tells exactly how long to wait', () => {
    const state = fc.record({ slot: fc.constant(0), current: fc.nat(1_500), previous: fc.nat(1_500) })
    const length = fc.integer({ min: 1, max: 5_000 })
    fc.assert(
      fc.property(state, length, fc.integer({ min: 1, max: 1_000 }), fc.nat(1_100), fc.nat(9_999), (...given) => {
        const [state, lengthMs, limit, count, instant] = given
        const rule = { limit, lengthMs }
        const at = instant % lengthMs
        const wait = windowWaitMs(state, rule, count, at)
        if (wait === null) expect(count).toBeGreaterThan(limit)
        else {
          expect(windowWaitMs(state, rule, count, at + wait)).toBe(0)
          if (wait > 0) expect(windowWaitMs(state, rule, count, at + wait - 1)).toBe(1)
        }
      }),
      { numRuns: 3_000 },
    )
  })

  it('gives a refused request its turn within two lengths', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(1_000), fc.nat(59_999), (current, previous, at) => {
        const wait = windowWaitMs({ slot: 0, current, previous }, perMinute(1_000), 1, at)
        expect(wait).toBeLessThanOrEqual(120_000)
      }),
    )
  })
})
