import { beforeEach, describe, expect, it } from 'vitest'
import { aHold, aNode, counterOf, holding, holdOf, ref } from './builders.ts'
import { extend } from './extend.ts'
import { hold } from './hold.ts'
import type { Ledger } from './ledger.ts'
import { settle } from './settle.ts'
import { surrender } from './surrender.ts'

const chain = [aNode('team', 100n), aNode('key', 50n)]
let held: Ledger
beforeEach(() => {
  held = holding(chain, 20n)
})
const extended = (amount: bigint, over: Partial<Parameters<typeof extend>[1]> = {}, from = held, at = 0) =>
  extend(from, { ...ref('a'), epoch: '1', amount, nodes: chain, ...over }, at)

describe('an open hold that is made larger', () => {
  it('takes what is missing to its new amount on every budget', () => {
    const [ledger, answer] = extended(45n)
    expect(answer).toEqual({ kind: 'held', headroom: 5n })
    expect([counterOf(ledger, 'team'), counterOf(ledger, 'key')]).toEqual([
      [0n, 45n],
      [0n, 45n],
    ])
    expect(holdOf(ledger, 'a')).toMatchObject({ kind: 'dispatched', amount: 45n })
  })

  it('takes the last nano-dollar of the tightest budget, and not one more', () => {
    expect(extended(50n)[1]).toEqual({ kind: 'held', headroom: 0n })
    expect(extended(51n)).toEqual([held, { kind: 'over', node: 1, used: 0n, held: 20n, limit: 50n }])
  })

  it('is over for good where it would not fit if every other hold came back, else only for now', () => {
    const two = holding(chain, 20n, 10n)
    const standing = { node: 1, used: 0n, held: 30n, limit: 50n }
    expect(extended(40n, {}, two)[1]).toEqual({ kind: 'held', headroom: 0n })
    expect(extended(41n, {}, two)[1]).toEqual({ kind: 'held-back', ...standing })
    expect(extended(50n, {}, two)[1]).toEqual({ kind: 'held-back', ...standing })
    expect(extended(51n, {}, two)[1]).toEqual({ kind: 'over', ...standing })
    const [spent] = settle(two, { ...ref('b'), amount: 10n, tokens: 1 })
    expect(extended(41n, {}, spent)[1]).toEqual({ kind: 'over', node: 1, used: 10n, held: 20n, limit: 50n })
  })

  it('names the budget that is over for good before one that is only full for now', () => {
    const [full] = hold(held, aHold('b', 75n, [aNode('team', 100n)]), 0)
    expect(extended(51n, {}, full)[1]).toMatchObject({ kind: 'over', node: 1 })
    expect(extended(26n, {}, full)[1]).toMatchObject({ kind: 'held-back', node: 0 })
  })

  it('stays as it is where it is large enough, also on a budget that was lowered under it', () => {
    const [ledger, answer] = extended(10n)
    expect([answer, counterOf(ledger, 'key')]).toEqual([{ kind: 'held', headroom: 30n }, [0n, 20n]])
    expect(holdOf(ledger, 'a')).toMatchObject({ amount: 20n })
    const lowered = [aNode('team', 100n), aNode('key', 15n, { version: 2 })]
    expect(extended(20n, { nodes: lowered })[1]).toEqual({ kind: 'held', headroom: 0n })
  })

  it('keeps the newest limit that was brought, whatever the answer', () => {
    const lowered = [aNode('team', 100n), aNode('key', 25n, { version: 2 })]
    const [ledger, answer] = extended(26n, { nodes: lowered })
    expect(answer).toMatchObject({ kind: 'over', limit: 25n })
    expect(extended(26n, {}, ledger)[1]).toMatchObject({ kind: 'over', limit: 25n })
  })

  it('is never refused by a soft budget, and says no headroom of one', () => {
    const soft = [aNode('team', null)]
    const ledger = holding(soft, 20n)
    expect(extended(900n, { nodes: soft }, ledger)[1]).toEqual({ kind: 'held', headroom: null })
  })

  it('is refused outside the stretch for which its limit was chosen', () => {
    const raised = [aNode('team', 100n, { inForce: { fromMs: 500, untilMs: 700 } }), aNode('key', 50n)]
    const kinds = [499, 500, 699, 700].map((at) => extended(30n, { nodes: raised }, held, at)[1].kind)
    expect(kinds).toEqual(['window', 'held', 'held', 'window'])
    expect(extended(30n, {}, held, 1_000_000)[1].kind).toBe('held')
  })

  it('changes nothing under another epoch, when it is not open, on other budgets, or where a counter was lost', () => {
    expect(extended(30n, { epoch: '2' })).toEqual([held, { kind: 'fenced' }])
    const [orphaned] = surrender(held, ref('a'))
    expect(extended(30n, {}, orphaned)).toEqual([orphaned, { kind: 'closed' }])
    expect(extended(30n, { ...ref('unknown') })).toEqual([held, { kind: 'closed' }])
    expect(extended(30n, { nodes: chain.slice(1) })).toEqual([held, { kind: 'other' }])
    expect(extended(30n, { nodes: [aNode('te', 100n), aNode('amkey', 50n)] })[1]).toEqual({ kind: 'other' })
    const lost = { ...held, counters: new Map([...held.counters].filter(([name]) => name.endsWith('/team'))) }
    expect(extended(30n, {}, lost)).toEqual([lost, { kind: 'missing', node: 1 }])
    const all = { ...held, counters: new Map() }
    expect(extended(30n, {}, all)[1]).toEqual({ kind: 'missing', node: 0 })
  })
})
