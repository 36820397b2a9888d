import { beforeEach, describe, expect, it } from 'vitest'
import { microPerToken, type TokenLimit } from '../rate/index.ts'
import { aHold, aNode, counterOf, orgId, ref } from './builders.ts'
import { hold } from './hold.ts'
import { emptyLedger, inOrg, type Ledger } from './ledger.ts'
import { preview } from './preview.ts'
import { release } from './release.ts'
import { settle } from './settle.ts'

const scope = { kind: 'team', id: 'team_1' } as const
const perMinute = (limit: number, id = 'tm/team:team_1'): TokenLimit => ({
  id,
  scope,
  rate: 0,
  limit,
  unit: 'minute',
  rule: { limit, lengthMs: 60_000 },
})
/** Refills one token per second. */
const bucket = (capacity: number, id = 'tb/team:team_1'): TokenLimit => ({
  id,
  scope,
  rate: 0,
  limit: capacity,
  unit: 'bucket',
  rule: { capacity: capacity * microPerToken, refillPerMs: 1_000 },
})
const both = [bucket(100), perMinute(100)]
let empty: Ledger
beforeEach(() => {
  empty = emptyLedger('1')
})
const ask = (id: string, tokens: number, limits: readonly TokenLimit[], amount = 1n) =>
  aHold(id, amount, [aNode('team', 10n)], { tokens, limits })
const windowOf = (ledger: Ledger) => ledger.windows.get(inOrg(orgId, 'tm/team:team_1'))
const levelOf = (ledger: Ledger) => (ledger.buckets.get(inOrg(orgId, 'tb/team:team_1'))?.level ?? 0) / microPerToken

describe('a hold under limits on tokens', () => {
  it('takes its tokens from every bucket and every window', () => {
    const [ledger, answer] = hold(empty, ask('a', 60, both), 0)
    expect([answer.kind, levelOf(ledger), windowOf(ledger)]).toEqual([
      'held',
      40,
      { slot: 0, current: 60, previous: 0 },
    ])
  })

  it('is refused by the limit with the longest wait, and takes neither tokens nor money', () => {
    const [ledger] = hold(empty, ask('a', 60, both), 0)
    const [after, answer] = hold(ledger, ask('b', 50, both), 0)
    // The bucket has 10 too few; in the window 60 of 100 shrink to 50 in the 10 s after its slot of a minute.
    expect(answer).toEqual({ kind: 'tokens', limit: 1, waitMs: 70_000 })
    expect([levelOf(after), windowOf(after), counterOf(after, 'team')]).toEqual([
      40,
      { slot: 0, current: 60, previous: 0 },
      [0n, 1n],
    ])
    expect(hold(ledger, ask('b', 50, both.slice(0, 1)), 0)[1]).toEqual({ kind: 'tokens', limit: 0, waitMs: 10_000 })
  })

  it('is told that it never fits before it is told to wait', () => {
    const [ledger] = hold(empty, ask('a', 60, both), 0)
    const never = hold(ledger, ask('b', 61, [perMinute(100), bucket(60, 'tb/key:key_1')]), 0)[1]
    expect(never).toEqual({ kind: 'tokens', limit: 1, waitMs: null })
  })

  it('is told of a budget that is over first, then of tokens that never fit, then of a budget that is full for now', () => {
    const [ledger] = hold(empty, ask('a', 1, both, 9n), 0)
    expect(hold(ledger, ask('b', 101, both, 11n), 0)[1]).toMatchObject({ kind: 'over' })
    expect(hold(ledger, ask('b', 101, both, 2n), 0)[1]).toEqual({ kind: 'tokens', limit: 0, waitMs: null })
    expect(hold(ledger, ask('b', 100, both, 2n), 0)[1]).toMatchObject({ kind: 'held-back' })
    expect(hold(ledger, ask('b', 100, both, 1n), 0)[1]).toMatchObject({ kind: 'tokens', limit: 1 })
  })
})

describe('tokens that were taken', () => {
  let held: Ledger
  beforeEach(() => {
    held = hold(empty, ask('a', 60, both), 0)[0]
  })
  const settled = (tokens: number, limits: readonly TokenLimit[] = both) =>
    settle(held, { ...ref('a'), limits, amount: 1n, tokens })[0]

  it('are corrected to what the answer used, less or more', () => {
    expect([levelOf(settled(25)), windowOf(settled(25))?.current]).toEqual([75, 25])
    expect([levelOf(settled(160)), windowOf(settled(160))?.current]).toEqual([-60, 160])
    expect([levelOf(settled(60)), windowOf(settled(60))?.current]).toEqual([40, 60])
  })

  it('come back when nothing was sent', () => {
    const [released] = release(held, { ...ref('a'), limits: both })
    expect([levelOf(released), windowOf(released)?.current]).toEqual([100, 0])
  })

  it('are corrected in the minute in which they were taken', () => {
    const [later] = hold(held, ask('b', 7, both), 61_000)
    const [after] = settle(later, { ...ref('a'), limits: both, amount: 1n, tokens: 50 })
    expect(windowOf(after)).toEqual({ slot: 1, current: 7, previous: 50 })
  })

  it('stay where they are when the limits are others by now, or were lost', () => {
    const others = settled(25, [bucket(100), perMinute(100, 'tm/key:key_1')])
    expect([levelOf(others), windowOf(others)?.current]).toEqual([40, 60])
    const fewer = settled(25, [bucket(100)])
    expect(levelOf(fewer)).toBe(40)
    const lost = { ...held, windows: new Map(), buckets: new Map() }
    const [after] = settle(lost, { ...ref('a'), limits: both, amount: 1n, tokens: 25 })
    expect([after.windows.size, after.buckets.size]).toEqual([0, 0])
  })
})

describe('a preview', () => {
  let held: Ledger
  beforeEach(() => {
    held = hold(empty, ask('a', 60, both, 4n), 0)[0]
  })

  it('says what a hold would be told, and what it would find, and takes nothing', () => {
    const found = preview(held, ask('b', 50, both, 3n), 0)
    expect(found).toEqual({
      answer: { kind: 'tokens', limit: 1, waitMs: 70_000 },
      counters: [{ used: 0n, held: 4n, limit: 10n, version: 1 }],
      waits: [10_000, 70_000],
    })
    expect(preview(held, ask('b', 101, both, 11n), 0)).toMatchObject({ answer: { kind: 'over' }, waits: [null, null] })
  })

  it('counts a budget that nobody has touched yet from its opening', () => {
    const node = aNode('key', 10n, { opening: 6n })
    expect(preview(empty, aHold('a', 1n, [node]), 0).counters).toEqual([{ used: 6n, held: 0n, limit: 10n, version: 1 }])
  })

  it('finds nothing where a hold would not look', () => {
    const blind = { counters: [], waits: [] }
    expect(preview(held, { ...ask('b', 1, both), epoch: '2' }, 0)).toEqual({ answer: { kind: 'fenced' }, ...blind })
    expect(preview(held, ask('b', 1, both), 1_000_000)).toEqual({ answer: { kind: 'window' }, ...blind })
    expect(preview({ ...held, counters: new Map() }, ask('b', 1, both), 0)).toEqual({
      answer: { kind: 'missing', node: 0 },
      ...blind,
    })
  })
})
