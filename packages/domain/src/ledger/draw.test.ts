import { beforeEach, describe, expect, it } from 'vitest'
import type { AttemptId } from '../id/index.ts'
import { aNode, counterOf, eventsOf, holding, holdOf, orgId, ref } from './builders.ts'
import { draw } from './draw.ts'
import type { Ledger } from './ledger.ts'
import { settle } from './settle.ts'
import { surrender } from './surrender.ts'

/** A slice of 100 held on a team's budget. */
let slice: Ledger
let orphaned: Ledger
beforeEach(() => {
  slice = holding([aNode('team', 500n)], 100n)
  orphaned = surrender(slice, ref('a'))[0]
})
const drawn = (from: Ledger, attempt: string, amount: bigint, nodes: readonly string[] = ['team']) =>
  draw(from, { orgId, sliceId: 'a' as AttemptId, attemptId: attempt as AttemptId, amount, nodes })

describe('an attempt that a slice pays for', () => {
  it('is charged, and the slice is smaller by what it paid', () => {
    const [ledger, answer] = drawn(slice, 'x', 30n)
    expect(answer).toEqual({ kind: 'drawn', overage: false })
    expect([counterOf(ledger, 'team'), holdOf(ledger, 'a'), holdOf(ledger, 'x')]).toMatchObject([
      [30n, 70n],
      { kind: 'dispatched', amount: 70n },
      { kind: 'settled' },
    ])
    expect(eventsOf(ledger)).toEqual(['x final 30 of 30 on team'])
  })

  it('is charged whole where it cost more than the slice has', () => {
    expect(drawn(slice, 'x', 100n)[1]).toEqual({ kind: 'drawn', overage: false })
    const [ledger, answer] = drawn(slice, 'x', 101n)
    expect(answer).toEqual({ kind: 'drawn', overage: true })
    expect([counterOf(ledger, 'team'), eventsOf(ledger)]).toEqual([[101n, 0n], ['x final 101 of 100 on team']])
  })

  it('is charged once', () => {
    const [ledger] = drawn(slice, 'x', 30n)
    expect(drawn(ledger, 'x', 30n)).toEqual([ledger, { kind: 'duplicate', overage: false }])
  })
})

describe('an attempt whose slice was charged provisionally', () => {
  it('moves its cost out of that charge, by a numbered correction, so that the sum stays', () => {
    const [one, answer] = drawn(orphaned, 'x', 30n)
    const [two] = drawn(one, 'y', 20n)
    expect(answer).toEqual({ kind: 'corrected', overage: false })
    expect([counterOf(one, 'team'), counterOf(two, 'team')]).toEqual([
      [100n, 0n],
      [100n, 0n],
    ])
    expect(eventsOf(two)).toEqual([
      'a provisional 100 of 100 on team',
      'a:x correction 0 of 30 on team',
      'x final 30 of 30 on team',
      'a:y correction 0 of 20 on team',
      'y final 20 of 20 on team',
    ])
    expect(holdOf(two, 'a')).toMatchObject({ kind: 'orphaned', amount: 50n })
  })

  it('is charged beyond it for what it cost more', () => {
    const [ledger, answer] = drawn(orphaned, 'x', 130n)
    expect([answer, counterOf(ledger, 'team')]).toEqual([{ kind: 'corrected', overage: true }, [130n, 0n]])
  })

  it('moves nothing where it cost nothing, or where nothing is left', () => {
    const [free] = drawn(orphaned, 'x', 0n)
    expect(eventsOf(free)).toEqual(['a provisional 100 of 100 on team', 'x final 0 of 0 on team'])
    const [all] = drawn(drawn(free, 'y', 100n)[0], 'z', 5n)
    expect(eventsOf(all).slice(2)).toEqual([
      'a:y correction 0 of 100 on team',
      'y final 100 of 100 on team',
      'z final 5 of 0 on team',
    ])
    expect([counterOf(all, 'team'), holdOf(all, 'a')]).toMatchObject([[105n, 0n], { amount: 0n }])
  })
})

describe('an attempt whose slice is closed or unknown', () => {
  let closed: Ledger
  beforeEach(() => {
    closed = settle(slice, { ...ref('a'), amount: 0n, tokens: 1 })[0]
  })

  it('is charged all the same, all of it beyond what was held', () => {
    const [ledger, answer] = drawn(closed, 'x', 30n)
    expect(answer).toEqual({ kind: 'late', overage: true })
    expect([counterOf(ledger, 'team'), holdOf(ledger, 'x')]).toEqual([[30n, 0n], { kind: 'settled' }])
    expect(eventsOf(ledger)).toEqual(['a final 0 of 100 on team', 'x final 30 of 0 on team'])
    expect(drawn(closed, 'x', 0n)[1]).toEqual({ kind: 'late', overage: false })
  })

  it('is charged the same where nobody has heard of the slice', () => {
    const unknown = { orgId, sliceId: ref('z').attemptId, attemptId: ref('x').attemptId, amount: 30n, nodes: ['team'] }
    const [ledger, answer] = draw(slice, unknown)
    expect([answer, counterOf(ledger, 'team')]).toEqual([{ kind: 'late', overage: true }, [30n, 100n]])
  })

  it('is kept by its owner where a counter it belongs to is not there', () => {
    expect(drawn(closed, 'x', 30n, ['team', 'gone'])).toEqual([closed, { kind: 'gone', overage: false }])
  })
})
