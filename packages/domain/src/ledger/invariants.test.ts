import { beforeEach, describe, expect, it } from 'vitest'
import { aHold, aNode, holding, orgId, ref } from './builders.ts'
import { draw } from './draw.ts'
import { hold } from './hold.ts'
import { brokenInvariants, isJust, type CounterHistory } from './invariants.ts'
import { inOrg, type Counter, type HoldState, type Ledger } from './ledger.ts'
import { settle } from './settle.ts'
import { surrender } from './surrender.ts'

const chain = [aNode('team', 100n), aNode('key', 50n)]
const past = (greatestLimit: bigint | null, over: Partial<CounterHistory> = {}): CounterHistory => ({
  opening: 0n,
  greatestLimit,
  overage: 0n,
  ...over,
})
const history = new Map([
  ['org_1/team', past(100n)],
  ['org_1/key', past(50n)],
])
const children = new Map([['org_1/team', ['org_1/key']]])
const broken = (ledger: Ledger, known: ReadonlyMap<string, CounterHistory> = history) =>
  brokenInvariants(ledger, known, children)

/** Two attempts: one settled for 15, one open for 20. */
let sound: Ledger
beforeEach(() => {
  sound = settle(holding(chain, 30n, 20n), { ...ref('a'), amount: 15n, tokens: 1 })[0]
})
const withCounter = (id: string, change: Partial<Counter>, from = sound): Ledger => {
  const counter = from.counters.get(inOrg(orgId, id))
  if (!counter) throw new Error(`no counter ${id}`)
  return { ...from, counters: new Map([...from.counters, [inOrg(orgId, id), { ...counter, ...change }]]) }
}
const withHold = (id: string, state: HoldState, from = sound): Ledger => ({
  ...from,
  holds: new Map([...from.holds, [inOrg(orgId, id), state]]),
})

describe('the invariants', () => {
  it('hold after holds, settlements, provisional charges, corrections and draws', () => {
    expect(broken(sound)).toEqual([])
    const [orphaned] = surrender(sound, ref('b'))
    expect(broken(orphaned)).toEqual([])
    expect(broken(settle(orphaned, { ...ref('b'), amount: 3n, tokens: 1 })[0])).toEqual([])
    const x = { orgId, sliceId: ref('b').attemptId, attemptId: ref('x').attemptId, nodes: ['team', 'key'] }
    expect(broken(draw(sound, { ...x, amount: 5n })[0])).toEqual([])
    expect(broken(draw(orphaned, { ...x, amount: 5n })[0])).toEqual([])
  })

  it('name a counter whose past is unknown', () => {
    expect(broken(sound, new Map([['org_1/key', past(50n)]]))).toEqual(['no history of org_1/team'])
  })

  it('name a counter below zero (I1)', () => {
    expect(broken(withCounter('key', { held: -1n }))).toContain('I1 org_1/key')
    expect(broken(withCounter('key', { used: -1n }))).toContain('I1 org_1/key')
    expect(broken(holding(chain, 0n))).toEqual([])
  })

  it('name a counter beyond its greatest limit and what answers cost more (I3, I4)', () => {
    const known = (key: CounterHistory) => broken(sound, new Map([...history, ['org_1/key', key]]))
    // 15 used and 20 held
    expect(known(past(35n))).toEqual([])
    expect(known(past(34n))).toEqual(['I3/I4 org_1/key'])
    expect(known(past(33n, { overage: 2n }))).toEqual([])
    expect(known(past(33n, { overage: 1n }))).toEqual(['I3/I4 org_1/key'])
    expect(known(past(null))).toEqual([])
  })

  it('allow a counter that began beyond its limit to stay there', () => {
    const began = [aNode('team', 100n, { opening: 120n }), aNode('key', 50n)]
    const ledger = hold(holding([], 0n), aHold('b', 1n, began), 0)[0]
    const known = new Map([
      ['org_1/team', past(100n, { opening: 120n })],
      ['org_1/key', past(50n)],
    ])
    expect(broken(ledger, known)).toEqual([])
    expect(broken(withCounter('team', { used: 121n }, ledger), known)).toContain('I3/I4 org_1/team')
  })

  it('name a counter that holds anything but the open holds (I5)', () => {
    expect(broken(withCounter('key', { held: 21n }))).toEqual(['I5 org_1/key'])
    expect(broken(withHold('b', { kind: 'released' }))).toEqual(['I5 org_1/team', 'I5 org_1/key'])
  })

  it('name a counter that used anything but its opening and the ledger (I6)', () => {
    expect(broken(withCounter('team', { used: 16n }))).toEqual(['I6 org_1/team'])
    const known = new Map([...history, ['org_1/team', past(100n, { opening: 1n })]])
    expect(broken(sound, known)).toEqual(['I6 org_1/team'])
    expect(broken({ ...sound, events: [] })).toEqual(['I6 org_1/team', 'I6 org_1/key', 'I8 org_1/a'])
  })

  it('name a parent that used less than its children (I7)', () => {
    expect(broken(withCounter('team', { used: 14n }))).toEqual(['I6 org_1/team', 'I7 org_1/team'])
  })

  it('name an event that occurs twice (I9), and the life that it does not fit (I8)', () => {
    const twice = broken({ ...sound, events: [...sound.events, ...sound.events] })
    expect(twice).toEqual(['I6 org_1/team', 'I6 org_1/key', 'I9', 'I8 org_1/a'])
  })

  it.each([
    ['dispatched', { kind: 'dispatched', leaseEndsMs: 0, amount: 0n, tokens: 0, at: 0, nodes: [], limits: [] }],
    ['orphaned', { kind: 'orphaned', amount: 0n, tokens: 0, at: 0, nodes: [], limits: [] }],
    ['released', { kind: 'released' }],
  ] as const)('name an attempt with a final charge that is %s (I8)', (_, state) => {
    expect(broken(withHold('a', state))).toEqual(['I8 org_1/a'])
  })

  it('name a settled attempt that nothing was charged for, and one that is open without a charge not (I8)', () => {
    expect(broken(withHold('z', { kind: 'settled' }))).toEqual(['I8 org_1/z'])
    expect(broken(withHold('z', { kind: 'released' }))).toEqual([])
    const none: HoldState = { kind: 'orphaned', amount: 0n, tokens: 0, at: 0, nodes: [], limits: [] }
    expect(broken(withHold('z', none))).toEqual(['I8 org_1/z'])
  })
})

describe('an answer to a hold', () => {
  const request = aHold('c', 10n, chain)
  const team = (used: bigint, held: bigint): Ledger => withCounter('key', { used, held })

  it('is just where every limit has room after it (I2)', () => {
    const answer = { kind: 'held', headroom: 0n } as const
    expect([isJust(team(15n, 35n), request, answer), isJust(team(15n, 36n), request, answer)]).toEqual([true, false])
    expect(isJust(withCounter('key', { limit: null, held: 900n }), request, answer)).toBe(true)
    const lost = { ...sound, counters: new Map([...sound.counters].slice(1)) }
    expect(isJust(lost, request, answer)).toBe(false)
  })

  it('is just where the budget it names has no room (I12), and is over only where that is for good', () => {
    const named = { node: 1, used: 0n, held: 0n, limit: 50n }
    const both = (ledger: Ledger) =>
      (['over', 'held-back'] as const).map((kind) => isJust(ledger, request, { kind, ...named }))
    expect(both(team(15n, 25n))).toEqual([false, false])
    expect(both(team(15n, 26n))).toEqual([false, true])
    expect(both(team(40n, 1n))).toEqual([false, true])
    expect(both(team(41n, 0n))).toEqual([true, false])
    expect(both(withCounter('key', { limit: null }))).toEqual([false, false])
    expect(isJust(sound, request, { kind: 'over', ...named, node: 2 })).toBe(false)
  })

  it('is just when it is not about money', () => {
    expect(isJust(sound, request, { kind: 'window' })).toBe(true)
    expect(isJust(sound, request, { kind: 'tokens', limit: 0, waitMs: 5 })).toBe(true)
  })
})
