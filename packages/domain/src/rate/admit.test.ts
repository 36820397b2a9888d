import { describe, expect, it } from 'vitest'
import { admit, takePermits, type PermitState, type WindowState } from './index.ts'

const minute = (limit: number) => ({ limit, lengthMs: 60_000 })
const hour = (limit: number) => ({ limit, lengthMs: 3_600_000 })

describe('a request under several windows', () => {
  it('is counted in all of them, and told of the one with the fewest left', () => {
    const rules = [minute(10), hour(4), minute(4)]
    const [states, answer] = admit([undefined, undefined, undefined], rules, 15_000)
    expect(states).toEqual(rules.map(() => ({ slot: 0, current: 1, previous: 0 })))
    // Whole again when the slot after this one is over.
    expect(answer).toEqual({ kind: 'admitted', tightest: 1, remaining: 3, resetMs: 2 * 3_600_000 - 15_000 })
  })

  it('is told what is left while the slot before still counts', () => {
    const before: WindowState = { slot: 0, current: 8, previous: 0 }
    // Half of the 8 count still, and this one.
    expect(admit([before], [minute(10)], 90_000)[1]).toMatchObject({ remaining: 5, resetMs: 90_000 })
  })

  it('is counted in none when one refuses, and waits for the longest', () => {
    const full: WindowState = { slot: 0, current: 5, previous: 0 }
    const states = [undefined, full, full]
    const rules = [minute(10), minute(5), hour(5)]
    const [after, answer] = admit(states, rules, 0)
    expect(after).toBe(states)
    expect(answer).toEqual({ kind: 'refused', limit: 2, waitMs: 3_600_000 + 720_000 })
    expect(admit([full], [minute(5)], 0)[1]).toEqual({ kind: 'refused', limit: 0, waitMs: 72_000 })
  })
})

describe('permits to run', () => {
  const running = (...ends: number[]): PermitState => new Map(ends.map((end, i) => [`req_${i}`, end]))
  const permit = { id: 'req_new', leaseMs: 1_000 }

  it('are taken of every limit', () => {
    const [states, answer] = takePermits([running(500), running()], [2, 1], permit, 100)
    expect(answer).toEqual({ kind: 'taken' })
    expect(states.map((state) => state.get('req_new'))).toEqual([1_100, 1_100])
    expect(states[0]?.get('req_0')).toBe(500)
  })

  it('are taken of none when one has no room, which is named with how many run', () => {
    const [states, answer] = takePermits([running(), running(500, 600)], [1, 2], permit, 100)
    expect(answer).toEqual({ kind: 'busy', limit: 1, running: 2 })
    expect(states.map((state) => state.has('req_new'))).toEqual([false, false])
  })

  it('count for nobody from the moment their lease is over', () => {
    const at = (moment: number) => takePermits([running(500)], [1], permit, moment)[1].kind
    expect([at(499), at(500)]).toEqual(['busy', 'taken'])
  })

  it('are taken again by who has them, though nobody else fits', () => {
    const [states, answer] = takePermits([running(500)], [1], { id: 'req_0', leaseMs: 1_000 }, 100)
    expect([answer, [...(states[0] ?? [])]]).toEqual([{ kind: 'taken' }, [['req_0', 1_100]]])
  })
})
