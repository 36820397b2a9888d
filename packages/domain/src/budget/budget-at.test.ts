import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptyLedger, hold } from '../ledger/index.ts'
import { windowOf } from '../time/index.ts'
import { budget, budgetAt, nodesOf, type Budget } from './index.ts'

const hour = 3_600_000
const noon = Date.parse('2026-11-21T12:00:00Z')
const zone = 'Europe/Helsinki'
const window = windowOf('month', zone, noon)

type Raised = { subject: string | null; amount: string; fromMs: number; untilMs: number }
const aBudget = (version: number, raises: readonly Raised[], limit = '1000', period = 'month'): Budget =>
  budget.parse({
    id: 'bud_1',
    scope: { kind: 'team', id: 'team_1', name: 'Data' },
    period,
    limit,
    mode: 'hard',
    sharing: 'pool',
    version,
    opening: null,
    raises,
  })
const aRaise = (amount: string, fromMs: number, untilMs: number, subject: string | null = null): Raised => ({
  subject,
  amount,
  fromMs,
  untilMs,
})
const standing = (of: Budget, at: number, subject: string | null = null) => {
  const { budget: then, inForce } = budgetAt(of, { subject, window }, at)
  return { limit: then.limit, version: then.version, ...inForce }
}

describe('a raised budget', () => {
  const raised = aBudget(5, [aRaise('250', noon, noon + hour)])

  it('has the raise in its limit from its beginning until its end, and not a millisecond longer', () => {
    const moments = [noon - 1, noon, noon + hour - 1, noon + hour]
    expect(moments.map((at) => standing(raised, at).limit)).toEqual([1_000n, 1_250n, 1_250n, 1_000n])
  })

  it('says how long its limit holds', () => {
    expect(standing(raised, noon + 1)).toMatchObject({ fromMs: noon, untilMs: noon + hour })
    expect(standing(raised, noon + hour)).toMatchObject({ fromMs: noon + hour, untilMs: window.endMs })
  })

  it('for one person leaves the counters of others alone', () => {
    const each = aBudget(5, [aRaise('250', noon, noon + hour, 'mem_1')])
    expect([standing(each, noon, 'mem_1').limit, standing(each, noon, 'mem_2').limit]).toEqual([1_250n, 1_000n])
  })

  it('counts every raise of that moment, and stands until the next one begins or ends', () => {
    const twice = aBudget(9, [aRaise('250', noon, noon + hour), aRaise('30', noon + 100, noon + 200)])
    expect([0, 100, 199, 200].map((ms) => standing(twice, noon + ms))).toEqual([
      { limit: 1_250n, version: 6, fromMs: noon, untilMs: noon + 100 },
      { limit: 1_280n, version: 7, fromMs: noon + 100, untilMs: noon + 200 },
      { limit: 1_280n, version: 7, fromMs: noon + 100, untilMs: noon + 200 },
      { limit: 1_250n, version: 8, fromMs: noon + 200, untilMs: noon + hour },
    ])
  })

  it('has what was carried into this window for this person, and for no other', () => {
    const carried = [
      { subject: 'mem_1', window: 'another', amount: '500' },
      { subject: 'mem_1', window: window.id, amount: '40' },
      { subject: null, window: window.id, amount: '6' },
    ]
    const rich = budget.parse({ ...aBudget(5, []), limit: '1000', carried })
    expect(['mem_1', 'mem_2', null].map((subject) => standing(rich, noon, subject).limit)).toEqual([
      1_040n,
      1_000n,
      1_006n,
    ])
  })

  it('is the very budget where no raise and nothing carried changes it', () => {
    const plain = budget.parse({ ...aBudget(5, []), limit: '1000', raises: undefined })
    expect(budgetAt(plain, { subject: null, window }, noon)).toEqual({
      budget: plain,
      inForce: { fromMs: window.startMs, untilMs: window.endMs },
    })
    expect(budgetAt(plain, { subject: null, window }, noon).budget).toBe(plain)
  })

  it('is never above the largest limit there can be', () => {
    const huge = aBudget(5, [aRaise('250', noon, noon + hour)], '9000000000000000')
    expect(standing(huge, noon).limit).toBe(9_000_000_000_000_000n)
  })

  it('has a version that grows with time, and with every change whatever the time', () => {
    const stretch = fc.tuple(fc.nat(50), fc.integer({ min: 1, max: 50 }))
    const changes = fc.array(fc.array(stretch, { maxLength: 4 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(changes, fc.array(fc.nat(120), { minLength: 2, maxLength: 8 }), (of, moments) => {
        let version = 1
        let newest = 0
        for (const stretches of of) {
          const raises = stretches.map(([from, length]) => aRaise('1', noon + from, noon + from + length))
          version += 1 + 2 * raises.length
          const seen = moments
            .toSorted((a, b) => a - b)
            .map((at) => standing(aBudget(version, raises), noon + at).version)
          expect(seen).toEqual(seen.toSorted((a, b) => a - b))
          expect(seen[0]).toBeGreaterThan(newest)
          newest = version
        }
      }),
    )
  })

  it('lets nothing in after its end, whoever asks with what they knew, and whatever happened before', () => {
    const ids = { orgId: 'org_1', teamId: 'team_1', roleGroupId: null, roleId: null, userId: null, keyId: 'key_1' }
    const byScope = new Map([['team:team_1', [raised]]])
    const ask = fc.record({
      // The caller's clock is behind or ahead of the store's.
      at: fc.integer({ min: -20, max: 80 }),
      skew: fc.integer({ min: -40, max: 40 }),
      amount: fc.bigInt({ min: 1n, max: 300n }),
    })
    fc.assert(
      fc.property(fc.array(ask, { maxLength: 40 }), (asks) => {
        let ledger = emptyLedger('1')
        for (const [i, { at, skew, amount }] of asks.toSorted((a, b) => a.at - b.at).entries()) {
          const now = noon + at * 60_000
          const nodes = nodesOf(byScope, ids as never, { zone, at: now + skew * 60_000 })
          const request = { orgId: 'org_1', attemptId: `att_${i}`, limits: [], epoch: '1', amount, tokens: 0, nodes }
          const before = [...ledger.counters.values()][0]
          const [after, answer] = hold(ledger, { ...request, leaseMs: 1_000 } as never, now)
          ledger = after
          const held = [...ledger.counters.values()][0]?.held ?? 0n
          const limit = now >= noon && now < noon + hour ? 1_250n : 1_000n
          if (answer.kind === 'held') expect(held).toBeLessThanOrEqual(limit)
          if (answer.kind === 'over') expect((before?.held ?? 0n) + amount).toBeGreaterThan(limit)
        }
      }),
    )
  })
})
