import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reportToCeiling, type CeilingReport, type CeilingState } from './ceiling.ts'

const nothing: CeilingState = { used: 0n, owners: new Map() }
const window = { startMs: 0, endMs: 1_000_000 }
const report = (owner: string, spent: bigint, wanted: bigint, over: Partial<CeilingReport> = {}): CeilingReport => ({
  owner,
  spent,
  wanted,
  limit: 100n,
  leaseMs: 1_000,
  window,
  ...over,
})
/** States after one report after the other, each at its moment. */
const after = (...reports: readonly (readonly [CeilingReport, number])[]): CeilingState =>
  reports.reduce((state, [each, at]) => reportToCeiling(state, each, at)[0], nothing)

describe('the ceiling of the installation', () => {
  it('lets processes hold what they want until nothing is left', () => {
    const one = after([report('p1', 0n, 60n), 0])
    expect(reportToCeiling(one, report('p2', 0n, 40n), 0)[1]).toBe(40n)
    expect(reportToCeiling(one, report('p2', 0n, 60n), 0)[1]).toBe(40n)
    expect(reportToCeiling(after([report('p1', 0n, 100n), 0]), report('p2', 0n, 1n), 0)[1]).toBe(0n)
  })

  it('counts what was spent once, however often it is said', () => {
    const spent = after([report('p1', 0n, 60n), 0], [report('p1', 25n, 60n), 1], [report('p1', 25n, 60n), 2])
    expect(spent).toEqual({
      used: 25n,
      owners: new Map([['p1', { spent: 25n, held: 60n, lapsed: 0n, leaseEndsMs: 1_002 }]]),
    })
    expect(after([report('p1', 25n, 0n), 0], [report('p1', 20n, 0n), 1]).used).toBe(25n)
  })

  it('lets a process keep what it holds and has not spent, though the ceiling was lowered', () => {
    const held = after([report('p1', 0n, 60n), 0])
    expect(reportToCeiling(held, report('p1', 10n, 60n, { limit: 5n }), 1)[1]).toBe(50n)
    expect(reportToCeiling(held, report('p1', 10n, 30n, { limit: 5n }), 1)[1]).toBe(30n)
    expect(reportToCeiling(held, report('p1', 70n, 30n, { limit: 5n }), 1)[1]).toBe(0n)
  })

  it('counts as spent what a silent process held, and gives it back when that one is heard of again', () => {
    const held = after([report('p1', 10n, 60n), 0])
    const [early] = reportToCeiling(held, report('p2', 0n, 40n), 999)
    expect([early.used, early.owners.get('p1')]).toEqual([
      10n,
      { spent: 10n, held: 60n, lapsed: 0n, leaseEndsMs: 1_000 },
    ])
    const [late, granted] = reportToCeiling(held, report('p2', 0n, 40n), 1_000)
    expect([late.used, granted, late.owners.get('p1')]).toEqual([
      70n,
      30n,
      { spent: 10n, held: 0n, lapsed: 60n, leaseEndsMs: null },
    ])
    const [still] = reportToCeiling(late, report('p2', 0n, 40n), 5_000)
    expect([still.used, still.owners.get('p1')?.lapsed]).toEqual([70n, 60n])
    const [again, kept] = reportToCeiling(still, report('p1', 25n, 20n), 5_001)
    expect([again.used, kept, again.owners.get('p1')]).toEqual([
      25n,
      20n,
      { spent: 25n, held: 20n, lapsed: 0n, leaseEndsMs: 6_001 },
    ])
  })

  it('counts the own lease that ran out as held still', () => {
    const held = after([report('p1', 0n, 60n), 0])
    expect(reportToCeiling(held, report('p1', 0n, 60n, { limit: 0n }), 9_000)[1]).toBe(60n)
  })

  it('lets a process that lapsed keep what it had, where the ceiling was lowered since', () => {
    const lapsed = after([report('p1', 0n, 60n), 0], [report('p2', 0n, 0n), 2_000])
    expect(reportToCeiling(lapsed, report('p1', 10n, 90n, { limit: 5n }), 3_000)[1]).toBe(50n)
  })

  it('lets nothing new be held outside its window', () => {
    const at = (moment: number) =>
      reportToCeiling(nothing, report('p1', 0n, 60n, { window: { startMs: 10, endMs: 20 } }), moment)[1]
    expect([at(9), at(10), at(19), at(20)]).toEqual([0n, 60n, 60n, 0n])
  })

  it('has no lease for a process that holds nothing', () => {
    expect(after([report('p1', 5n, 0n), 0]).owners.get('p1')?.leaseEndsMs).toBeNull()
  })

  it('is never passed by what all processes have spent and may still believe to hold, in any history', () => {
    const step = fc.record({
      who: fc.nat(3),
      share: fc.constantFrom(0n, 1n, 2n),
      wants: fc.nat(90),
      pause: fc.nat(900),
    })
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => {
        let state = nothing
        let now = 0
        const spent = [0n, 0n, 0n, 0n]
        const held = [0n, 0n, 0n, 0n]
        for (const { who, share, wants, pause } of steps) {
          now += pause
          spent[who] = (spent[who] ?? 0n) + ((held[who] ?? 0n) * share) / 2n
          const own = report(`p${who}`, spent[who], BigInt(wants))
          const [next, granted] = reportToCeiling(state, own, now)
          const [same, again] = reportToCeiling(next, own, now)
          expect([same, again]).toEqual([next, granted])
          state = next
          held[who] = granted
          const sum = [...spent, ...held].reduce((total, amount) => total + amount, 0n)
          expect(sum <= 100n).toBe(true)
          const { used, owners } = state
          const lapsed = [...owners.values()].reduce((total, owner) => total + owner.lapsed, 0n)
          const told = [...owners.values()].reduce((total, owner) => total + owner.spent, 0n)
          expect(used).toBe(told + lapsed)
        }
      }),
    )
  })
})
