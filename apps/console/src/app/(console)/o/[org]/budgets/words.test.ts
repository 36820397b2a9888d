import { expect, it } from 'vitest'
import { resetSentence } from './words.ts'

const now = Date.parse('2026-11-20T22:30:00Z')

it('says when a budget begins anew, by the organisation’s clock', () => {
  expect(resetSentence('month', 'Europe/Helsinki', now)).toBe('Resets 1 Dec 2026 00:00 Europe/Helsinki, in 9 days')
  expect(resetSentence('day', 'America/New_York', now)).toBe('Resets 21 Nov 2026 00:00 America/New_York, in 6 hours')
  expect(resetSentence('week', 'UTC', now)).toBe('Resets 23 Nov 2026 00:00 UTC, in 2 days')
  expect(resetSentence('hour', 'Asia/Kolkata', now)).toBe('Resets 21 Nov 2026 05:00 Asia/Kolkata, in 1 hour')
  expect(resetSentence('all', 'UTC', now)).toContain('Never')
})
