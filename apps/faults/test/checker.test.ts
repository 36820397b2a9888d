import type { KeyId, OrgId } from '@tollkeeper/domain/id'
import { describe, expect, it } from 'vitest'
import type { CounterAtEnd, Evidence, LedgerRow, OracleCall } from '../src/check/evidence.ts'
import { gate } from '../src/check/gate.ts'
import { overspentNano } from '../src/check/money.ts'
import type { ClientCall } from '../src/load/history.ts'

const org = 'org_a' as OrgId

const anAnswer = (change: Partial<ClientCall> = {}): ClientCall => ({
  at: 1,
  orgId: org,
  keyId: 'key_a' as KeyId,
  proxy: 0,
  stream: false,
  sentMs: 1_000_000,
  decidedMs: 1_000_100,
  endMs: 1_000_100,
  status: 200,
  outcome: 'ok',
  reason: null,
  requestId: 'req_1',
  refusal: null,
  left: false,
  ...change,
})

const aCall = (change: Partial<OracleCall> = {}): OracleCall => ({
  attemptId: 'req_1.1',
  credentialLast4: 'aaaa',
  status: 200,
  input: 10,
  output: 40,
  billed: 25_500n,
  ...change,
})

const aRow = (change: Partial<LedgerRow> = {}): LedgerRow => ({
  attemptId: 'req_1.1',
  requestId: 'req_1',
  orgId: org,
  kind: 'final',
  source: 'reported',
  input: 10,
  output: 40,
  amount: 25_500n,
  hold: 37_500n,
  atMs: 1_000_010,
  recordedMs: 1_000_200,
  nodes: ['bud_a~-~m1'],
  ...change,
})

const aCounter = (change: Partial<CounterAtEnd> = {}): CounterAtEnd => ({
  orgId: org,
  scope: 'key',
  scopeId: 'key_a',
  node: 'bud_a~-~m1',
  used: 25_500n,
  held: 0n,
  ledger: 25_500n,
  limit: 60_000n,
  ...change,
})

/** A run in which one request was asked, answered, billed and charged as it should be. */
const aRun = (change: Partial<Evidence> = {}): Evidence => ({
  history: [anAnswer()],
  oracle: [aCall()],
  ledger: [aRow()],
  counters: [aCounter()],
  overshoots: [],
  samples: 100,
  credentials: new Map([
    ['aaaa', org],
    ['bbbb', 'org_b' as OrgId],
  ]),
  rollupDrift: 0,
  undrained: 0,
  dead: 0,
  logs: [{ name: 'proxy 1', text: '{"level":40,"msg":"redis is away"}' }],
  memory: [{ name: 'proxy 1', beforeMiB: 100, afterMiB: 150 }],
  leaseWindowMs: 10_000,
  evidenceLost: false,
  ...change,
})

/** The names of the checks that found something. */
const found = (change: Partial<Evidence>): string[] =>
  gate(aRun(change)).flatMap(({ check, bad }) => (bad > 0 ? [check] : []))

const aRefusal = (change: Partial<ClientCall> = {}): ClientCall =>
  anAnswer({
    at: 2,
    status: 402,
    outcome: 'fail',
    reason: 'budget_exceeded',
    requestId: 'req_2',
    refusal: { scope: 'key', scopeId: 'key_a', limit: 60_000n, spent: 25_500n, held: 0n, ask: 37_500n },
    ...change,
  })

describe('the gate', () => {
  it('finds nothing in a run that is right, also with a refusal that was due', () => {
    expect(found({})).toEqual([])
    expect(found({ history: [anAnswer(), aRefusal()] })).toEqual([])
  })

  it('finds a bill that is in no row, and an answer without one', () => {
    expect(found({ ledger: [], history: [], counters: [] })).toEqual(['lost records'])
    expect(found({ oracle: [], ledger: [], counters: [] })).toEqual(['lost records'])
  })

  it('finds an attempt that is charged twice, or was sent twice', () => {
    const correction = aRow({ kind: 'correction', amount: 0n })
    expect(found({ ledger: [aRow(), correction] })).toContain('double records')
    expect(found({ oracle: [aCall(), aCall()] })).toEqual(['double records'])
    const provisional = aRow({ kind: 'provisional', source: 'held', amount: 37_500n, input: 0, output: 0 })
    expect(found({ ledger: [provisional, aRow({ kind: 'correction', amount: -12_000n })] })).toEqual([])
  })

  it('finds a charge that is one nano-dollar or one token off', () => {
    expect(found({ ledger: [aRow({ amount: 25_501n })] })).toEqual(['inexact charges'])
    expect(found({ ledger: [aRow({ output: 41 })] })).toEqual(['inexact charges'])
  })

  it('takes an own count for exact, unless evidence was lost; then it stays within the hold', () => {
    const estimated = aRow({ source: 'estimated', amount: 24_900n, output: 39 })
    expect(found({ ledger: [estimated] })).toEqual(['inexact charges'])
    expect(found({ ledger: [estimated], evidenceLost: true })).toEqual([])
    expect(found({ ledger: [{ ...estimated, amount: 37_501n }], evidenceLost: true })).toEqual(['inexact charges'])
  })

  it('finds a charge without evidence that is below the bill', () => {
    const held = aRow({ kind: 'provisional', source: 'held', amount: 25_499n })
    expect(found({ ledger: [held], evidenceLost: true })).toEqual(['inexact charges'])
    expect(found({ ledger: [{ ...held, amount: 37_500n }], evidenceLost: true })).toEqual([])
  })

  it('finds money charged for a call that the provider never saw', () => {
    expect(found({ oracle: [] })).toEqual(['inexact charges'])
  })

  it('finds a counter that stood above its limit for one look, and a ledger above it', () => {
    const overshoot = { atMs: 1, node: 'bud_a~-~m1', used: 50_000n, held: 10_001n, limit: 60_000n }
    expect(found({ overshoots: [overshoot] })).toEqual(['overspend'])
    expect(overspentNano(aRun({ overshoots: [overshoot] }))).toBe(1n)
    const over = aCounter({ limit: 25_499n })
    expect(found({ counters: [over] })).toEqual(['overspend'])
    expect(overspentNano(aRun({ counters: [aCounter({ limit: null })] }))).toBe(0n)
  })

  it('finds a refusal of a request that fits by its own numbers', () => {
    const refusal = { scope: 'key', scopeId: 'key_a', limit: 60_000n, spent: 22_500n, held: 0n, ask: 37_500n }
    expect(found({ history: [anAnswer(), aRefusal({ refusal })] })).toEqual(['phantom refusals'])
  })

  it('finds a refusal that no order of the other requests explains', () => {
    const refusal = { scope: 'key', scopeId: 'key_a', limit: 60_000n, spent: 25_500n, held: 30_000n, ask: 10_000n }
    // At most 37,500 were ever held: 10,000 more fit.
    expect(found({ history: [anAnswer(), aRefusal({ refusal })] })).toEqual(['phantom refusals'])
    // Held by two requests of whose end nobody knows, which may have asked as much.
    const lost = (at: number) => anAnswer({ at, outcome: 'unknown', status: null, requestId: null })
    expect(found({ history: [anAnswer(), lost(3), lost(4), aRefusal({ refusal })] })).toEqual([])
    // The same long after every lease has ended.
    const late = aRefusal({ refusal, sentMs: 1_020_000, decidedMs: 1_020_010, endMs: 1_020_010 })
    expect(found({ history: [anAnswer(), lost(3), lost(4), late] })).toEqual(['phantom refusals'])
  })

  it('finds a refusal by a hold whose lease is long over', () => {
    const refusal = { scope: 'key', scopeId: 'key_a', limit: 60_000n, spent: 25_500n, held: 12_000n, ask: 30_000n }
    const soon = aRefusal({ refusal })
    expect(found({ history: [anAnswer(), soon] })).toEqual([])
    const late = aRefusal({ refusal, sentMs: 1_001_000, decidedMs: 1_001_010, endMs: 1_001_010 })
    expect(found({ history: [anAnswer(), late] })).toEqual(['phantom refusals'])
  })

  it('finds a request charged to another organisation, and a call with its credential', () => {
    expect(found({ ledger: [aRow({ orgId: 'org_b' })], oracle: [aCall({ credentialLast4: 'bbbb' })] })).toEqual([
      'cross-tenant',
    ])
    expect(found({ oracle: [aCall({ credentialLast4: 'bbbb' })] })).toEqual(['cross-tenant'])
  })

  it.each([
    ['a counter that says more than the ledger', { counters: [aCounter({ used: 25_501n })] }],
    ['hourly sums that are off', { rollupDrift: 1 }],
    ['an entry that was left on a stream', { undrained: 1 }],
    ['an entry that nobody could read', { dead: 1 }],
  ])('finds %s', (_, change) => {
    expect(found(change)).toEqual(['drift'])
  })

  it('finds what is still held after calm', () => {
    expect(found({ counters: [aCounter({ held: 1n })] })).toEqual(['still held'])
  })

  it('finds what nobody caught, and a process that grows', () => {
    expect(found({ logs: [{ name: 'worker 1', text: "throw er; // Unhandled 'error' event" }] })).toEqual([
      'unhandled errors',
    ])
    expect(found({ memory: [{ name: 'proxy 1', beforeMiB: 100, afterMiB: 185 }] })).toEqual(['memory growth'])
  })
})
