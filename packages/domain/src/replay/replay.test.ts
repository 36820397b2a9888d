import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Budget } from '../budget/index.ts'
import type { AttemptId, BudgetId, KeyId, MemberId, OrgId, RequestId, TeamId } from '../id/index.ts'
import type { Price } from '../price/index.ts'
import { beginReplay, type LoggedAttempt, type ReplayWorld } from './index.ts'

/** 150 and 600 nano-USD per token. */
const price: Price = { version: 'test', rates: { inputUncached: 150_000n, outputText: 600_000n }, tiers: [] }
const noon = Date.parse('2026-11-20T10:00:00Z')

const scopes = (user: string) => ({
  orgId: 'org_1' as OrgId,
  teamId: 'team_1' as TeamId,
  roleGroupId: null,
  roleId: null,
  userId: user as MemberId,
  keyId: `key_${user}` as KeyId,
})

/** Ten input tokens and at most a thousand of output, of which `output` were written within `ms`. */
const anAttempt = (name: string, at: number, output: number, ms = 1, user = 'lea'): LoggedAttempt => ({
  attemptId: `${name}.1` as AttemptId,
  requestId: name as RequestId,
  scopes: scopes(user),
  heldAt: at,
  ask: { input: 10, cap: 1_000, choices: 1, least: 256, price },
  hold: 10n * 150n + 1_000n * 600n,
  settled: {
    at: at + ms,
    cost: 10n * 150n + BigInt(output) * 600n,
    tokens: { inputUncached: 10, outputText: output },
  },
})

const aBudget = (limit: bigint, change: Partial<Budget> = {}): Budget => ({
  id: 'bud_1' as BudgetId,
  scope: { kind: 'team', id: 'team_1', name: 'Data Science' },
  period: 'day',
  limit,
  mode: 'hard',
  sharing: 'pool',
  version: 1,
  opening: null,
  ...change,
})

const world = (budgets: Budget[], opening = 0n): ReplayWorld => ({
  zone: 'Europe/Helsinki',
  budgetsByScope: Map.groupBy(budgets, ({ scope }) => `${scope.kind}:${scope.id}`),
  openingOf: () => opening,
})

const fates = (log: readonly LoggedAttempt[], under: ReplayWorld): string[] => {
  const replay = beginReplay(under)
  return log.map((attempt) => {
    const fate = replay.next(attempt)
    if (fate.kind === 'refused') return `${fate.reason} ${fate.used}+${fate.held}`
    return fate.clampedTo === null ? `${fate.cost}` : `${fate.cost} of ${fate.clampedTo}`
  })
}

describe('a log under other limits', () => {
  it('is admitted as it was where the limit is wide', () => {
    const log = [anAttempt('a', noon, 100), anAttempt('b', noon + 10, 200)]
    expect(fates(log, world([aBudget(10_000_000n)]))).toEqual(['61500', '121500'])
  })

  it('is refused once the day is spent, and let in again on the next one in the zone of the organisation', () => {
    const nextDay = Date.parse('2026-11-20T22:00:00Z')
    const log = [0, 1, 2].map((i) => anAttempt(`r${i}`, noon + 10 * i, 900))
    const limit = 541_500n + 100_000n
    expect(fates([...log, anAttempt('next', nextDay, 900)], world([aBudget(limit)]))).toEqual([
      '541500',
      'exceeded 541500+0',
      'exceeded 541500+0',
      '541500',
    ])
  })

  it('is clamped to what is left where that is still worth an answer, and charged for what the cap lets through', () => {
    const limit = 541_500n + 1_500n + 300n * 600n
    const log = [anAttempt('a', noon, 900), anAttempt('b', noon + 10, 900)]
    expect(fates(log, world([aBudget(limit)]))).toEqual(['541500', '181500 of 300'])
  })

  it('tells money that is only held from money that is spent', () => {
    const log = [anAttempt('slow', noon, 10, 1_000), anAttempt('b', noon + 10, 10), anAttempt('c', noon + 2_000, 10)]
    expect(fates(log, world([aBudget(620_000n)]))).toEqual(['7500', 'held 0+601500', '7500'])
  })

  it('counts for each person apart where a limit is for each, and begins at what was spent before', () => {
    const log = [anAttempt('a', noon, 900), anAttempt('b', noon + 10, 900, 1, 'ann')]
    const each = aBudget(700_000n, { sharing: 'each' })
    expect(fates(log, world([each]))).toEqual(['541500', '541500'])
    expect(fates(log, world([each], 600_000n))).toEqual(['exceeded 600000+0', 'exceeded 600000+0'])
  })

  it('only counts where a limit warns', () => {
    expect(fates([anAttempt('a', noon, 900)], world([aBudget(1n, { mode: 'soft' })]))).toEqual(['541500'])
  })

  it('charges as held what was refused then and fits now', () => {
    const refused: LoggedAttempt = { ...anAttempt('a', noon, 0), settled: null }
    expect(fates([refused, anAttempt('b', noon + 1, 1)], world([aBudget(700_000n)]))).toEqual([
      '601500',
      'exceeded 601500+0',
    ])
  })

  it('never spends more than a hard limit, keeps no hold when all has ended, and gives the same answer twice', () => {
    const attempts = fc.array(fc.tuple(fc.nat(500), fc.nat(1_000), fc.nat(3_000)), { maxLength: 60 })
    fc.assert(
      fc.property(attempts, fc.bigInt(0n, 5_000_000n), (steps, limit) => {
        let at = noon
        const log = steps.map(([wait, output, ms], i) => {
          at += wait
          return anAttempt(`r${i}`, at, output, ms)
        })
        const run = () => {
          const replay = beginReplay(world([aBudget(limit)]))
          const done = log.map((attempt) => replay.next(attempt))
          replay.next(anAttempt('last', noon + 86_400_000, 0))
          return { done, open: replay.open }
        }
        const { done, open } = run()
        const spent = done.reduce((sum, fate) => sum + (fate.kind === 'admitted' ? fate.cost : 0n), 0n)
        expect(spent <= limit).toBe(true)
        expect(open).toBeLessThanOrEqual(1)
        expect(run().done).toEqual(done)
      }),
    )
  })
})
