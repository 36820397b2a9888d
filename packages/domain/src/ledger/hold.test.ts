import { beforeEach, describe, expect, it } from 'vitest'
import { aHold, aNode, counterOf, holding, holdOf, ref } from './builders.ts'
import { hold } from './hold.ts'
import { emptyLedger, type Ledger } from './ledger.ts'
import { release } from './release.ts'
import { settle } from './settle.ts'
import { surrender } from './surrender.ts'

let empty: Ledger
beforeEach(() => {
  empty = emptyLedger('1')
})

describe('a hold', () => {
  it('says what is left of the budget with the least left, whichever that is', () => {
    const chain = [aNode('org', 100n), aNode('team', 60n), aNode('key', 80n)]
    expect(hold(empty, aHold('a', 40n, chain), 0)[1]).toEqual({ kind: 'held', headroom: 20n })
    expect(hold(empty, aHold('a', 40n, chain.toReversed()), 0)[1]).toEqual({ kind: 'held', headroom: 20n })
  })

  it('takes the last nano-dollar, and not one more', () => {
    const chain = [aNode('team', 100n)]
    expect(hold(empty, aHold('a', 100n, chain), 0)[1]).toEqual({ kind: 'held', headroom: 0n })
    expect(hold(empty, aHold('a', 101n, chain), 0)[1]).toMatchObject({ kind: 'over', node: 0, limit: 100n })
  })

  it('counts on a soft budget and never compares with it', () => {
    const [ledger, answer] = hold(empty, aHold('a', 40n, [aNode('team', null)]), 0)
    expect(answer).toEqual({ kind: 'held', headroom: null })
    expect(counterOf(ledger, 'team')).toEqual([0n, 40n])
    expect(hold(ledger, aHold('b', 5n, [aNode('team', null), aNode('key', 9n)]), 0)[1]).toEqual({
      kind: 'held',
      headroom: 4n,
    })
  })

  it('begins where the ledger says that the budget began', () => {
    const chain = [aNode('team', 100n, { opening: 70n })]
    expect(hold(empty, aHold('a', 31n, chain), 0)[1]).toEqual({
      kind: 'over',
      node: 0,
      used: 70n,
      held: 0n,
      limit: 100n,
    })
    expect(counterOf(hold(empty, aHold('a', 30n, chain), 0)[0], 'team')).toEqual([70n, 30n])
  })

  it('is over for good where it would not fit even if every hold came back, else only for now', () => {
    const chain = [aNode('team', 100n)]
    const [ledger] = settle(holding(chain, 60n, 30n), { ...ref('a'), amount: 60n, tokens: 1 })
    expect(hold(ledger, aHold('c', 10n, chain), 0)[1]).toEqual({ kind: 'held', headroom: 0n })
    const standing = { node: 0, used: 60n, held: 30n, limit: 100n }
    expect(hold(ledger, aHold('c', 11n, chain), 0)[1]).toEqual({ kind: 'held-back', ...standing })
    expect(hold(ledger, aHold('c', 40n, chain), 0)[1]).toEqual({ kind: 'held-back', ...standing })
    expect(hold(ledger, aHold('c', 41n, chain), 0)[1]).toEqual({ kind: 'over', ...standing })
  })

  it('names the budget that is over for good before one that is only full for now', () => {
    const wide = aNode('org', 100n)
    const ledger = holding([wide], 90n)
    const both = [wide, aNode('key', 10n)]
    expect(hold(ledger, aHold('b', 20n, both), 0)[1]).toMatchObject({ kind: 'over', node: 1 })
    expect(hold(ledger, aHold('b', 11n, [wide, aNode('key', 11n)]), 0)[1]).toMatchObject({ kind: 'held-back', node: 0 })
  })

  it('keeps the newest limit that any caller brought, whatever the answer', () => {
    const lowered = aNode('team', 30n, { version: 3 })
    const [refused, answer] = hold(holding([aNode('team', 100n)], 20n), aHold('b', 11n, [lowered]), 0)
    expect(answer).toMatchObject({ kind: 'held-back', limit: 30n })
    const old = aHold('b', 11n, [aNode('team', 100n, { version: 2 })])
    expect(hold(refused, old, 0)[1]).toMatchObject({ kind: 'held-back', limit: 30n })
    const same = aHold('b', 11n, [aNode('team', 100n, { version: 3 })])
    expect(hold(refused, same, 0)[1]).toMatchObject({ kind: 'held-back', limit: 30n })
    expect(hold(refused, aHold('b', 11n, [aNode('team', null, { version: 4 })]), 0)[1]).toMatchObject({ kind: 'held' })
  })

  it('is taken in its window, from the first millisecond to the last', () => {
    const node = aNode('team', 100n, { window: { id: 'd1', startMs: 1_000, endMs: 2_000 } })
    const kinds = [999, 1_000, 1_999, 2_000].map((at) => hold(empty, aHold('a', 1n, [node]), at)[1].kind)
    expect(kinds).toEqual(['window', 'held', 'held', 'window'])
    expect(hold(empty, aHold('a', 1n, [aNode('org', 9n), node]), 999)).toEqual([empty, { kind: 'window' }])
  })

  it('is taken while the limit it was asked under holds: a raise that ended lets nothing in', () => {
    const raised = aNode('team', 100n, { inForce: { fromMs: 500, untilMs: 700 } })
    const kinds = [499, 500, 699, 700].map((at) => hold(empty, aHold('a', 1n, [raised]), at)[1].kind)
    expect(kinds).toEqual(['window', 'held', 'held', 'window'])
  })

  it('takes nothing for free where a counter was lost', () => {
    const chain = [aNode('team', 100n), aNode('key', 50n)]
    const ledger = holding(chain, 10n)
    const lost = { ...ledger, counters: new Map([...ledger.counters].filter(([name]) => !name.endsWith('/key'))) }
    expect(hold(lost, aHold('b', 1n, chain), 0)).toEqual([lost, { kind: 'missing', node: 1 }])
    expect(hold(lost, aHold('b', 1n, chain.toReversed()), 0)[1]).toEqual({ kind: 'missing', node: 0 })
    expect(hold(lost, aHold('b', 1n, [aNode('team', 100n)]), 0)[1].kind).toBe('held')
  })
})

describe('a hold that is sent again because its reply was lost', () => {
  const chain = [aNode('team', 100n), aNode('key', 50n)]
  let ledger: Ledger
  beforeEach(() => {
    ledger = holding(chain, 40n)
  })

  it('is taken once, and its lease begins anew', () => {
    const [again, answer] = hold(ledger, aHold('a', 40n, chain), 7_000)
    expect(answer).toEqual({ kind: 'held', headroom: 10n })
    expect(counterOf(again, 'key')).toEqual([0n, 40n])
    expect([holdOf(ledger, 'a'), holdOf(again, 'a')]).toMatchObject([{ leaseEndsMs: 20_000 }, { leaseEndsMs: 27_000 }])
    expect(again.holds.size).toBe(1)
  })

  it('is taken also after its window ended or its budget was lowered, with nothing left', () => {
    expect(hold(ledger, aHold('a', 40n, chain), 1_000_000)[1]).toEqual({ kind: 'held', headroom: 10n })
    const lowered = [aNode('team', 100n), aNode('key', 30n, { version: 2 })]
    expect(hold(ledger, aHold('a', 40n, lowered), 0)[1]).toEqual({ kind: 'held', headroom: 0n })
  })

  it('is another hold under the same name, and refused, with another amount or on other budgets', () => {
    const exists = { kind: 'exists', state: 'dispatched' }
    expect(hold(ledger, aHold('a', 41n, chain), 0)).toEqual([ledger, exists])
    expect(hold(ledger, aHold('a', 40n, chain.slice(1)), 0)).toEqual([ledger, exists])
    expect(hold(ledger, aHold('a', 40n, [aNode('te', 1n), aNode('amkey', 1n)]), 0)[1]).toEqual(exists)
  })

  it('is refused once it was settled, released or charged to a dead owner', () => {
    const [settled] = settle(ledger, { ...ref('a'), amount: 1n, tokens: 1 })
    const [released] = release(ledger, ref('a'))
    const [orphaned] = surrender(ledger, ref('a'))
    const states = [settled, released, orphaned].map((after) => hold(after, aHold('a', 40n, chain), 0)[1])
    expect(states).toEqual(['settled', 'released', 'orphaned'].map((state) => ({ kind: 'exists', state })))
  })
})
