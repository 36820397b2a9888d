import { expect, it } from 'vitest'
import { budget } from './index.ts'

const stored = {
  id: 'bud_1',
  scope: { kind: 'role-group', id: 'rg_1', name: 'Analysts' },
  period: 'week',
  limit: '9000000000000000',
  mode: 'soft',
  sharing: 'each',
  version: 3,
  opening: { window: 'w5', amount: '7' },
  raises: [{ subject: 'mem_1', amount: '250', fromMs: 1, untilMs: 2 }],
  carryOver: '30',
  carried: [{ subject: null, window: 'w5', amount: '12' }],
}

it('reads every amount of a budget exactly', () => {
  expect(budget.parse(stored)).toEqual({
    ...stored,
    limit: 9_000_000_000_000_000n,
    opening: { window: 'w5', amount: 7n },
    raises: [{ subject: 'mem_1', amount: 250n, fromMs: 1, untilMs: 2 }],
    carryOver: 30n,
    carried: [{ subject: null, window: 'w5', amount: 12n }],
  })
  expect(budget.parse({ ...stored, mode: 'hard', sharing: 'pool', carryOver: null })).toMatchObject({
    mode: 'hard',
    sharing: 'pool',
    carryOver: null,
  })
})

it('reads a budget of releases that knew no raises and carried nothing over', () => {
  const { raises: _, carryOver: __, carried: ___, ...old } = stored
  expect(budget.parse({ ...old, opening: null })).toMatchObject({ id: 'bud_1', opening: null })
})

it.each([
  ['a mode that nobody keeps', { mode: 'firm' }],
  ['a sharing that nobody counts', { sharing: 'half' }],
  ['a limit as a number', { limit: 5 }],
  ['a version below 0', { version: -1 }],
  ['half a version', { version: 1.5 }],
  ['a scope without a name', { scope: { kind: 'team', id: 'team_1' } }],
  ['an opening without an amount', { opening: { window: 'w5' } }],
  ['a raise without an end', { raises: [{ subject: null, amount: '1', fromMs: 1 }] }],
  ['what was carried into no window', { carried: [{ subject: null, amount: '1' }] }],
])('refuses %s', (_, wrong) => {
  expect(budget.safeParse({ ...stored, ...wrong }).success).toBe(false)
})
