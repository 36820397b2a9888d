import { expect, it } from 'vitest'
import { untilChoices } from './until-choices.ts'

const now = Date.parse('2026-11-29T20:30:00Z')

it('offers an hour, today, the window of the limit and a week, by the organisation’s clock', () => {
  expect(untilChoices({ zone: 'Europe/Helsinki', period: 'month', now }).map((each) => each.label)).toEqual([
    'For an hour, until 29 Nov 2026 23:30',
    'For today, until 30 Nov 2026 00:00',
    'For this month, until 1 Dec 2026 00:00',
    'For 7 days, until 6 Dec 2026 22:30',
  ])
})

it('offers nothing that is later than what was asked for', () => {
  const last = Date.parse('2026-11-29T22:00:00Z')
  expect(untilChoices({ zone: 'Europe/Helsinki', period: 'day', now, last }).map((each) => each.value)).toEqual([
    '2026-11-29T21:30:00.000Z',
  ])
})
