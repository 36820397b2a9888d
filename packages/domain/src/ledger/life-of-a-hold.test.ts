import { beforeEach, describe, expect, it } from 'vitest'
import type { AttemptId } from '../id/index.ts'
import { aHold, aNode, counterOf, eventsOf, holding, holdOf, orgId, ref } from './builders.ts'
import { hold } from './hold.ts'
import { renew, sweep } from './lease.ts'
import { emptyLedger, type Ledger } from './ledger.ts'
import { recordLost } from './record-lost.ts'
import { release } from './release.ts'
import { settle } from './settle.ts'
import { shrink } from './shrink.ts'
import { surrender } from './surrender.ts'

const chain = [aNode('team', 100n), aNode('key', 50n)]
let held: Ledger
let orphaned: Ledger
let released: Ledger
beforeEach(() => {
  held = holding(chain, 40n)
  orphaned = surrender(held, ref('a'))[0]
  released = release(held, ref('a'))[0]
})
const settled = (amount: bigint, from = held) => settle(from, { ...ref('a'), amount, tokens: 1 })

describe('an attempt that is settled', () => {
  it('is charged what it cost on every budget, and its hold is gone', () => {
    const [ledger, answer] = settled(15n)
    expect(answer).toEqual({ kind: 'settled', overage: false })
    expect([counterOf(ledger, 'team'), counterOf(ledger, 'key')]).toEqual([
      [15n, 0n],
      [15n, 0n],
    ])
    expect(eventsOf(ledger)).toEqual(['a final 15 of 40 on team key'])
  })

  it('costs more than its hold from the first nano-dollar beyond it', () => {
    expect([settled(40n)[1], settled(41n)[1]]).toEqual([
      { kind: 'settled', overage: false },
      { kind: 'settled', overage: true },
    ])
  })

  it('replaces what its dead owner was charged', () => {
    const [ledger, answer] = settled(41n, orphaned)
    expect(answer).toEqual({ kind: 'corrected', overage: true })
    expect(counterOf(ledger, 'key')).toEqual([41n, 0n])
    expect(eventsOf(ledger)).toEqual(['a provisional 40 of 40 on team key', 'a correction 41 of 40 on team key'])
  })

  it('is not there if it was never held, or was released', () => {
    const gone = { kind: 'gone', overage: false }
    expect(settled(1n, emptyLedger('1'))).toEqual([emptyLedger('1'), gone])
    expect(settled(1n, released)).toEqual([released, gone])
  })
})

describe('an attempt of which nothing was sent', () => {
  it('gives everything back and is not told of', () => {
    const [ledger, answer] = release(held, ref('a'))
    expect([answer.kind, counterOf(ledger, 'team'), counterOf(ledger, 'key')]).toEqual(['released', [0n, 0n], [0n, 0n]])
    expect([holdOf(ledger, 'a'), eventsOf(ledger)]).toEqual([{ kind: 'released' }, []])
  })

  it('is corrected to nothing where it was charged already', () => {
    const [ledger, answer] = release(orphaned, ref('a'))
    expect([answer.kind, counterOf(ledger, 'key'), holdOf(ledger, 'a')]).toEqual([
      'corrected',
      [0n, 0n],
      { kind: 'settled' },
    ])
    expect(eventsOf(ledger)).toEqual(['a provisional 40 of 40 on team key', 'a correction 0 of 40 on team key'])
  })

  it('leaves a mark, so that its hold does not count when it arrives late', () => {
    const [ledger, answer] = release(emptyLedger('1'), ref('a'))
    expect([answer.kind, hold(ledger, aHold('a', 40n, chain), 0)[1]]).toEqual([
      'marked',
      { kind: 'exists', state: 'released' },
    ])
  })

  it('is left alone once it is closed', () => {
    const [closed] = settled(15n)
    expect(release(closed, ref('a'))).toEqual([closed, { kind: 'skipped' }])
    expect(release(released, ref('a'))).toEqual([released, { kind: 'skipped' }])
  })
})

describe('a hold that is made smaller', () => {
  const shrunk = (amount: bigint, from = held) => shrink(from, { ...ref('a'), amount })

  it('gives the difference back on every budget', () => {
    const [ledger, answer] = shrunk(15n)
    expect([answer.kind, counterOf(ledger, 'team'), counterOf(ledger, 'key')]).toEqual(['shrunk', [0n, 15n], [0n, 15n]])
    expect(holdOf(ledger, 'a')).toMatchObject({ kind: 'dispatched', amount: 15n })
    expect(shrunk(40n)[1].kind).toBe('shrunk')
  })

  it('never becomes larger, and is left alone when it is not open', () => {
    expect(shrunk(41n)).toEqual([held, { kind: 'more-than-held' }])
    for (const closed of [emptyLedger('1'), orphaned, released]) {
      expect(shrunk(1n, closed)).toEqual([closed, { kind: 'skipped' }])
    }
  })
})

describe('a hold whose owner cannot know the cost', () => {
  it('is charged whole and provisionally', () => {
    const [ledger, answer] = surrender(held, ref('a'))
    expect([answer.kind, counterOf(ledger, 'team'), counterOf(ledger, 'key')]).toEqual([
      'surrendered',
      [40n, 0n],
      [40n, 0n],
    ])
    expect(holdOf(ledger, 'a')).toEqual({
      kind: 'orphaned',
      amount: 40n,
      tokens: 1,
      at: 0,
      nodes: ['team', 'key'],
      limits: [],
    })
    expect(eventsOf(ledger)).toEqual(['a provisional 40 of 40 on team key'])
  })

  it('is charged once, and not at all when it is closed or was never there', () => {
    const [closed] = settled(15n)
    expect([surrender(orphaned, ref('a')), surrender(closed, ref('a')), surrender(released, ref('a'))]).toEqual([
      [orphaned, { kind: 'noted' }],
      [closed, { kind: 'closed' }],
      [released, { kind: 'closed' }],
    ])
    expect(surrender(emptyLedger('1'), ref('a'))[1]).toEqual({ kind: 'gone' })
  })
})

describe('the lease of a hold', () => {
  const ids = (...names: string[]) => names as AttemptId[]

  it('is renewed for those that are open, and makes nothing of others', () => {
    const two = holding(chain, 10n, 20n)
    const [one] = settle(two, { ...ref('a'), amount: 1n, tokens: 1 })
    const renewed = renew(one, { orgId, attemptIds: ids('a', 'b', 'unknown'), leaseMs: 20_000 }, 5_000)
    expect(holdOf(renewed, 'a')).toEqual({ kind: 'settled' })
    expect(holdOf(renewed, 'b')).toMatchObject({ kind: 'dispatched', leaseEndsMs: 25_000, amount: 20n })
    expect(renewed.holds.size).toBe(2)
  })

  it('makes every hold whose grace is over a provisional charge, and no other', () => {
    const three = renew(holding(chain, 10n, 20n, 5n), { orgId, attemptIds: ids('b'), leaseMs: 20_001 }, 0)
    const [ledger, count] = sweep(three, { graceMs: 5_000 }, 25_000)
    expect([count, counterOf(ledger, 'team')]).toEqual([2, [15n, 20n]])
    expect(eventsOf(ledger)).toEqual(['a provisional 10 of 10 on team key', 'c provisional 5 of 5 on team key'])
    expect(holdOf(ledger, 'a')).toEqual({
      kind: 'orphaned',
      amount: 10n,
      tokens: 1,
      at: 0,
      nodes: ['team', 'key'],
      limits: [],
    })
  })
})

describe('the charge of an attempt whose hold the store has lost', () => {
  const lost = (kind: 'final' | 'provisional' | 'correction', amount: bigint) =>
    recordLost(held, { ...ref('b'), kind, amount, hold: 30n, nodes: ['team', 'gone'] }, 9_000)

  it('is added to the counters that are there, and what is not there counts as lost', () => {
    const [ledger, written] = lost('final', 12n)
    expect([written, counterOf(ledger, 'team'), counterOf(ledger, 'gone')]).toEqual([true, [12n, 40n], undefined])
    expect(hold(ledger, aHold('c', 1n, [aNode('gone', 9n)]), 0)[1]).toEqual({ kind: 'missing', node: 0 })
    expect([holdOf(ledger, 'b'), eventsOf(ledger)]).toEqual([{ kind: 'settled' }, ['b final 12 of 30 on team gone']])
    expect(hold(ledger, aHold('c', 1n, chain), 0)[1].kind).toBe('held')
  })

  it('is only the difference where the ledger has its provisional charge', () => {
    expect(counterOf(lost('correction', 12n)[0], 'team')).toEqual([-18n, 40n])
  })

  it('stays open for a correction where it is provisional', () => {
    const [ledger] = lost('provisional', 30n)
    expect(holdOf(ledger, 'b')).toEqual({
      kind: 'orphaned',
      amount: 30n,
      tokens: 0,
      at: 9_000,
      nodes: ['team', 'gone'],
      limits: [],
    })
    const [corrected] = settle(ledger, { ...ref('b'), amount: 12n, tokens: 1 })
    expect(counterOf(corrected, 'team')).toEqual([12n, 40n])
  })

  it('is not written where the attempt is known after all', () => {
    const again = recordLost(held, { ...ref('a'), kind: 'final', amount: 12n, hold: 30n, nodes: [] }, 0)
    expect(again).toEqual([held, false])
  })
})
