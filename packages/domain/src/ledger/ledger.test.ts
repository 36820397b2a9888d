import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AttemptId } from '../id/index.ts'
import { aHold, aNode, counterOf, orgId, ref } from './builders.ts'
import { hold } from './hold.ts'
import { renew, sweep } from './lease.ts'
import { emptyLedger } from './ledger.ts'
import { release } from './release.ts'
import { settle } from './settle.ts'
import { shrink } from './shrink.ts'

describe('the ledger rule', () => {
  it('holds on every budget of the chain or on none', () => {
    const chain = [aNode('team', 100n), aNode('key', 50n)]
    const [one, held] = hold(emptyLedger('1'), aHold('a', 40n, chain), 0)
    const [two, refused] = hold(one, aHold('b', 11n, chain), 0)
    expect(held).toEqual({ kind: 'held', headroom: 10n })
    expect(refused).toEqual({ kind: 'held-back', node: 1, used: 0n, held: 40n, limit: 50n })
    expect([counterOf(two, 'team'), counterOf(two, 'key')]).toEqual([
      [0n, 40n],
      [0n, 40n],
    ])
  })

  it('changes nothing under another epoch (I13)', () => {
    const ledger = emptyLedger('2')
    expect(hold(ledger, aHold('a', 1n, [aNode('team', 100n)]), 0)).toEqual([ledger, { kind: 'fenced' }])
    const closed = emptyLedger(null)
    expect(hold(closed, aHold('a', 1n, []), 0)).toEqual([closed, { kind: 'fenced' }])
  })

  it('charges the hold of a dead owner and corrects it when the truth is known', () => {
    const [held] = hold(emptyLedger('1'), aHold('a', 40n, [aNode('team', 100n)]), 0)
    const [early] = sweep(
      renew(held, { orgId, attemptIds: ['a' as AttemptId], leaseMs: 20_000 }, 5_000),
      { graceMs: 5_000 },
      29_999,
    )
    expect(counterOf(early, 'team')).toEqual([0n, 40n])
    const [orphaned, count] = sweep(early, { graceMs: 5_000 }, 30_000)
    expect([count, counterOf(orphaned, 'team')]).toEqual([1, [40n, 0n]])
    const [corrected, answer] = settle(orphaned, { ...ref('a'), amount: 15n, tokens: 1 })
    expect([answer.kind, counterOf(corrected, 'team')]).toEqual(['corrected', [15n, 0n]])
    expect(corrected.events.map((event) => event.kind)).toEqual(['provisional', 'correction'])
  })

  it('settles, shrinks, releases and sweeps twice as once (I10)', () => {
    const [held] = hold(emptyLedger('1'), aHold('a', 40n, [aNode('team', 100n)]), 0)
    const [shrunk] = shrink(held, { ...ref('a'), amount: 30n })
    expect(shrink(shrunk, { ...ref('a'), amount: 30n })[0]).toEqual(shrunk)
    const [settled] = settle(shrunk, { ...ref('a'), amount: 9n, tokens: 1 })
    expect(settle(settled, { ...ref('a'), amount: 9n, tokens: 1 })).toEqual([
      settled,
      { kind: 'duplicate', overage: false },
    ])
    const [released] = release(shrunk, ref('a'))
    expect(release(released, ref('a'))[0]).toEqual(released)
    const [swept] = sweep(shrunk, { graceMs: 0 }, 20_000)
    expect(sweep(swept, { graceMs: 0 }, 20_000)).toEqual([swept, 0])
  })

  it('reaches the same counters in whatever order attempts settle (I11)', () => {
    const costs = fc.array(fc.tuple(fc.bigInt(0n, 50n), fc.bigInt(0n, 60n), fc.nat(1_000)), { maxLength: 12 })
    fc.assert(
      fc.property(costs, (attempts) => {
        const chain = [aNode('team', 1_000n), aNode('key', 1_000n)]
        let ledger = emptyLedger('1')
        for (const [i, [amount]] of attempts.entries()) ledger = hold(ledger, aHold(`a${i}`, amount, chain), 0)[0]
        const settleAll = (order: readonly number[]) =>
          order.reduce(
            (state, i) => settle(state, { ...ref(`a${i}`), amount: attempts[i]?.[1] ?? 0n, tokens: 1 })[0],
            ledger,
          )
        const asHeld = attempts.map((_attempt, i) => i)
        const shuffled = asHeld.toSorted((a, b) => (attempts[a]?.[2] ?? 0) - (attempts[b]?.[2] ?? 0))
        expect(settleAll(shuffled).counters).toEqual(settleAll(asHeld).counters)
      }),
    )
  })
})
