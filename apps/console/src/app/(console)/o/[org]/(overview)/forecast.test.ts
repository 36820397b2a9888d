import { expect, it } from 'vitest'
import { forecastOf } from './forecast.ts'

it('goes on as the full days went', () => {
  expect(forecastOf({ spent: { fullDays: 20_000n, soFar: 20_100n }, fullDays: 20, days: 30 })).toBe(30_000n)
})

it('says nothing before there are three full days', () => {
  expect(forecastOf({ spent: { fullDays: 2_000n, soFar: 2_500n }, fullDays: 2, days: 30 })).toBeNull()
})

it('is never less than what was spent already', () => {
  expect(forecastOf({ spent: { fullDays: 3_000n, soFar: 90_000n }, fullDays: 3, days: 30 })).toBe(90_000n)
})
