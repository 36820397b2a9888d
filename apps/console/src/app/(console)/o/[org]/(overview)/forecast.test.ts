import { expect, it } from 'vitest'
import { forecastOf } from './forecast.ts'

it('goes on as the full days went', () => {
  const spent = { fullDays: 20_000n, beforeToday: 20_000n, soFar: 20_100n }
  expect(forecastOf({ spent, fullDays: 20, daysLeft: 10 })).toBe(30_000n)
})

it('counts the day on which traffic began, but not towards the mean', () => {
  const spent = { fullDays: 3_000n, beforeToday: 3_050n, soFar: 3_050n }
  expect(forecastOf({ spent, fullDays: 3, daysLeft: 5 })).toBe(8_050n)
})

it('says nothing before there are three full days', () => {
  const spent = { fullDays: 2_000n, beforeToday: 2_000n, soFar: 2_500n }
  expect(forecastOf({ spent, fullDays: 2, daysLeft: 20 })).toBeNull()
})

it('is never less than what was spent already', () => {
  const spent = { fullDays: 3_000n, beforeToday: 3_000n, soFar: 90_000n }
  expect(forecastOf({ spent, fullDays: 3, daysLeft: 2 })).toBe(90_000n)
})
