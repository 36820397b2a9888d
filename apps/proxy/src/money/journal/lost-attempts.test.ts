import type { AttemptId, OrgId } from '@tollkeeper/domain/id'
import type { LostCharge } from '@tollkeeper/redis/budgets'
import { until } from '@tollkeeper/testbed/processes'
import { expect, it } from 'vitest'
import { makeLostAttempts, type LostAttempt } from './lost-attempts.ts'

const lostAttempt = (id: string, amount: bigint | null): LostAttempt =>
  ({
    orgId: 'org_a' as OrgId,
    attemptId: id as AttemptId,
    hold: 80n,
    nodes: [],
    meta: {},
    end: amount === null ? null : { amount, result: { outcome: 'answered' }, request: null },
  }) as unknown as LostAttempt

it.each<[string, string[], bigint | null, [string, bigint] | undefined]>([
  ['nothing, and it cost 30: charges 30', [], 30n, ['final', 30n]],
  ['a provisional charge, and it cost 30: corrects it to 30', ['provisional'], 30n, ['correction', 30n]],
  ['its charge already: charges nothing', ['final'], 30n, undefined],
  ['a correction already: charges nothing', ['provisional', 'correction'], 30n, undefined],
  ['nothing, and nobody knows what it cost: charges the hold of 80', [], null, ['provisional', 80n]],
  ['a provisional charge, and nobody knows: leaves it', ['provisional'], null, undefined],
])('an attempt that the store has lost and of which the ledger has %s', async (_, has, amount, expected) => {
  const charged: [string, bigint][] = []
  const lost = makeLostAttempts({
    asker: { whichAreRecorded: async () => new Set(has.map((kind) => `x:${kind}`)) },
    draw: () => Promise.resolve(false),
    recordLost: async ({ kind, amount: charge }: LostCharge) => {
      charged.push([kind, charge])
      return true
    },
    again: () => {},
    onRecorded: () => {},
    onDefect: (error) => {
      throw error
    },
    everyMs: 1,
  })
  lost.add(lostAttempt('x', amount))
  await until(() => lost.count === 0, { within: 2_000, every: 1 })
  lost.stop()
  expect(charged).toEqual(expected ? [expected] : [])
})

it.each<[string, string[], boolean, string[]]>([
  ['nothing, and the slice is there: charges it to the slice', [], true, ['draw']],
  ['nothing, and nobody knows the slice: charges it by itself', [], false, ['draw', 'final']],
  ['its charge already: asks nothing of the slice', ['final'], true, []],
])('an attempt that a slice paid for, of which the ledger has %s', async (_, has, isDrawn, expected) => {
  const done: string[] = []
  const lost = makeLostAttempts({
    asker: { whichAreRecorded: async () => new Set(has.map((kind) => `x:${kind}`)) },
    draw: async () => {
      done.push('draw')
      return isDrawn
    },
    recordLost: async ({ kind }: LostCharge) => {
      done.push(kind)
      return true
    },
    again: () => {},
    onRecorded: () => {},
    onDefect: (error) => {
      throw error
    },
    everyMs: 1,
  })
  lost.add({ ...lostAttempt('x', 30n), sliceId: 'slice' as LostAttempt['attemptId'] })
  await lost.untilNone()
  lost.stop()
  expect(done).toEqual(expected)
})
