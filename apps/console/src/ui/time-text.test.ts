import { expect, it } from 'vitest'
import { relativeText } from './time-text.ts'

const now = Date.UTC(2026, 10, 21, 12)
const minute = 60_000
const day = 1_440 * minute

it.each([
  [5_000, 'just now'],
  [45_000, 'in less than a minute'],
  [-3 * minute, '3 minutes ago'],
  [-61 * minute, '1 hour ago'],
  [-day, 'yesterday'],
  [1.5 * day, 'tomorrow'],
  [9.5 * day, 'in 9 days'],
  [-8 * day, '8 days ago'],
  [40 * day, 'in 1 month'],
  [-800 * day, '2 years ago'],
])('tells a moment %d ms away as "%s", in units that cannot be misunderstood', (distance, text) => {
  expect(relativeText(now + distance, now)).toBe(text)
})
