import fc from 'fast-check'
import { expect, it } from 'vitest'
import { admit } from './admit.ts'
import { windowMs } from './limits-of.ts'
import type { WindowState } from './sliding-window.ts'

const at = 1_790_000_123_456

const scope = fc
  .record({
    minute: fc.integer({ min: 1, max: 300 }),
    hour: fc.integer({ min: 1, max: 3_000 }),
    counts: fc.tuple(fc.nat(400), fc.nat(400), fc.nat(4_000), fc.nat(4_000)),
  })
  .map(({ minute, hour, counts: [current, previous, currentHour, previousHour] }) => [
    { rule: { limit: minute, lengthMs: windowMs.minute }, state: stateOf(windowMs.minute, current, previous) },
    { rule: { limit: hour, lengthMs: windowMs.hour }, state: stateOf(windowMs.hour, currentHour, previousHour) },
  ])

const stateOf = (lengthMs: number, current: number, previous: number): WindowState => ({
  slot: Math.floor(at / lengthMs),
  current,
  previous,
})

it('admits a refused request exactly when it was told to come back, and not a millisecond earlier', () => {
  let refused = 0
  fc.assert(
    fc.property(fc.array(scope, { minLength: 1, maxLength: 6 }), (scopes) => {
      const windows = scopes.flat()
      const rules = windows.map(({ rule }) => rule)
      const states = windows.map(({ state }) => state)
      const [, answer] = admit(states, rules, at)
      if (answer.kind === 'admitted') return
      refused += 1
      expect(admit(states, rules, at + answer.waitMs)[1].kind).toBe('admitted')
      expect(admit(states, rules, at + answer.waitMs - 1)[1].kind).toBe('refused')
    }),
    { numRuns: 2_000 },
  )
  expect(refused).toBeGreaterThan(500)
})
