import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  askBreaker,
  breakerStanding,
  endCanary,
  limited,
  newBreaker,
  tallied,
  type BreakerRules,
  type BreakerState,
} from './breaker.ts'

const rules: BreakerRules = { failures: 5, windowSeconds: 30, leastPercent: 50, cooldownMs: 60_000, canaryMs: 30_000 }

const fails = (state: BreakerState, at: number, count = 1) =>
  tallied(state, rules, [{ age: 0, answered: 0, failed: count }], at)
const answers = (state: BreakerState, at: number, count: number) =>
  tallied(state, rules, [{ age: 0, answered: count, failed: 0 }], at)
const ask = (state: BreakerState, owner: string, at: number) => askBreaker(state, rules, owner, at)

/** Opened at 1,000 s. */
const open = fails(newBreaker, 1_000_000, 5)

describe('a closed breaker', () => {
  it('opens at the fifth failure within 30 s, and not when the first of them is older', () => {
    const four = [0, 5, 10, 29].reduce((state, s) => fails(state, 1_000_000 + s * 1_000), newBreaker)
    expect(breakerStanding(four, 1_029_000)).toBe('closed')
    expect(breakerStanding(fails(four, 1_030_000), 1_030_000)).toBe('open')
    expect(breakerStanding(fails(four, 1_031_000), 1_031_000)).toBe('closed')
  })

  it('stays closed while fewer than half of the calls fail', () => {
    const busy = answers(newBreaker, 1_000_000, 6)
    expect(breakerStanding(fails(busy, 1_001_000, 5), 1_001_000)).toBe('closed')
    expect(breakerStanding(fails(busy, 1_001_000, 6), 1_001_000)).toBe('open')
  })

  it('counts what is told late in the second in which it was, and nothing older than the window', () => {
    const late = tallied(newBreaker, rules, [{ age: 31, answered: 0, failed: 9 }], 1_000_000)
    expect(late.tallies.size).toBe(0)
    const told = tallied(newBreaker, rules, [{ age: 20, answered: 0, failed: 4 }], 1_000_000)
    expect(breakerStanding(fails(told, 1_010_000), 1_010_000)).toBe('open')
    expect(breakerStanding(fails(told, 1_011_000), 1_011_000)).toBe('closed')
  })

  it('does not open by successes alone, when older ones leave the window', () => {
    const busy = fails(answers(newBreaker, 1_000_000, 100), 1_020_000, 6)
    expect(breakerStanding(answers(busy, 1_040_000, 1), 1_040_000)).toBe('closed')
  })
})

describe('an open breaker', () => {
  it('lets nobody through for 60 s, whatever still fails, then one canary on a lease of 30 s', () => {
    expect(fails(open, 1_010_000, 50)).toBe(open)
    expect(ask(open, 'a', 1_059_999)[1]).toEqual({ kind: 'wait', ms: 1, limited: false })
    const [half, first] = ask(open, 'a', 1_060_000)
    expect(first).toEqual({ kind: 'canary' })
    expect(breakerStanding(half, 1_060_000)).toBe('half-open')
    expect(ask(half, 'b', 1_061_000)[1]).toEqual({ kind: 'wait', ms: 29_000, limited: false })
    expect(ask(half, 'b', 1_090_000)[1]).toEqual({ kind: 'canary' })
  })

  it('closes when the canary is answered, and forgets the failures', () => {
    const [half] = ask(open, 'a', 1_060_000)
    const closed = endCanary(half, rules, { owner: 'a', end: 'answered' }, 1_061_000)
    expect(breakerStanding(fails(closed, 1_062_000, 4), 1_062_000)).toBe('closed')
    expect(closed.trips).toBe(1)
  })

  it('opens for another 60 s when the canary fails, and counts that', () => {
    const [half] = ask(open, 'a', 1_060_000)
    const again = endCanary(half, rules, { owner: 'a', end: 'failed' }, 1_061_000)
    expect(ask(again, 'b', 1_062_000)[1]).toEqual({ kind: 'wait', ms: 59_000, limited: false })
    expect(again.trips).toBe(2)
  })

  it('lets another canary go when the first was never sent, and does not listen to one that is none', () => {
    const [half] = ask(open, 'a', 1_060_000)
    expect(endCanary(half, rules, { owner: 'b', end: 'answered' }, 1_061_000)).toBe(half)
    const free = endCanary(half, rules, { owner: 'a', end: 'unsent' }, 1_061_000)
    expect(ask(free, 'b', 1_061_000)[1]).toEqual({ kind: 'canary' })
  })
})

it('holds calls back while the credential is at a limit, and opens nothing', () => {
  const held = limited(limited(newBreaker, 7_000, 1_000_000), 1_000, 1_000_000)
  expect(ask(held, 'a', 1_006_999)[1]).toEqual({ kind: 'wait', ms: 1, limited: true })
  expect(ask(held, 'a', 1_007_000)[1]).toEqual({ kind: 'closed' })
})

it('never lets two canaries go at a time, and is never stuck, in any history', () => {
  const step = fc.record({
    waitMs: fc.constantFrom(0, 1, 900, 15_000, 30_000, 60_000),
    act: fc.constantFrom('fail', 'answer', 'ask', 'end-answered', 'end-failed', 'end-unsent'),
    owner: fc.constantFrom('a', 'b', 'c'),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      let state = newBreaker
      let at = 1_000_000
      const running = new Map<string, number>()
      for (const { waitMs, act, owner } of steps) {
        at += waitMs
        if (act === 'fail') state = fails(state, at)
        else if (act === 'answer') state = answers(state, at, 1)
        else if (act === 'ask') {
          const [next, answer] = ask(state, owner, at)
          state = next
          if (answer.kind === 'canary') {
            for (const [other, untilMs] of running) expect(other === owner || untilMs <= at).toBe(true)
            running.set(owner, at + rules.canaryMs)
          }
        } else {
          const end = act.slice(4) as 'answered' | 'failed' | 'unsent'
          state = endCanary(state, rules, { owner, end }, at)
          running.delete(owner)
        }
      }
      const [, later] = ask(state, 'z', at + rules.cooldownMs + rules.canaryMs)
      expect(later.kind).not.toBe('wait')
    }),
  )
})
