import { describe, expect, it } from 'vitest'
import type { Unanswered } from '@tollkeeper/providers'
import { nextStep } from '../../src/pipeline/answer/next-step.ts'
import { makeRetryBudget } from '../../src/pipeline/answer/retry-budget.ts'

const refused = (status: number, retryAfterMs: number | null = null): Unanswered => ({
  kind: 'refused',
  status,
  retryAfterMs,
  contextLength: null,
  headers: {},
})
const failed = (status: number, retryAfterMs: number | null = null): Unanswered => ({
  kind: 'failed',
  status,
  retryAfterMs,
})
const ambiguous: Unanswered = { kind: 'ambiguous', timedOut: true, status: null, reason: 'x' }
const unsent: Unanswered = { kind: 'not-sent', reason: 'x' }

const half = { takeRetry: () => true, random: () => 0.5 }
const early = { retries: 0, remainingMs: 60_000, hasNext: false }

describe('after an attempt without an answer', () => {
  it.each<[string, Unanswered, 'retry' | 'stop', 'next' | 'stop']>([
    ['nothing was sent', unsent, 'retry', 'next'],
    ['500', failed(500), 'retry', 'next'],
    ['529', failed(529), 'retry', 'next'],
    ['408', refused(408), 'retry', 'next'],
    ['429', refused(429), 'retry', 'next'],
    ['a redirect', failed(302), 'stop', 'next'],
    ['nobody knows', ambiguous, 'stop', 'next'],
    ['401', refused(401), 'stop', 'next'],
    ['402', refused(402), 'stop', 'next'],
    ['400', refused(400), 'stop', 'stop'],
    ['404', refused(404), 'stop', 'stop'],
    ['422', refused(422), 'stop', 'stop'],
  ])('%s: the same provider again, or another', (_, outcome, alone, others) => {
    expect(nextStep(half, outcome, early).kind).toBe(alone)
    expect(nextStep(half, outcome, { ...early, retries: 2, hasNext: true }).kind).toBe(others)
  })

  it('waits up to 250 ms, then up to 500, and at least as long as the provider asks for', () => {
    expect(nextStep(half, failed(503), early)).toEqual({ kind: 'retry', waitMs: 125 })
    expect(nextStep(half, failed(503), { ...early, retries: 1 })).toEqual({ kind: 'retry', waitMs: 250 })
    expect(nextStep(half, failed(503), { ...early, retries: 2 })).toEqual({ kind: 'stop' })
    expect(nextStep(half, refused(429, 3_000), early)).toEqual({ kind: 'retry', waitMs: 3_125 })
  })

  it('does not wait past the deadline of the request, nor for more than 5 s', () => {
    expect(nextStep(half, refused(429, 3_000), { ...early, remainingMs: 3_000 })).toEqual({ kind: 'stop' })
    expect(nextStep(half, refused(429, 3_600_000), early)).toEqual({ kind: 'stop' })
  })

  it('takes of the budget of retries only where it would retry', () => {
    let taken = 0
    const counting = { ...half, takeRetry: () => (taken += 1) > 1 }
    nextStep(counting, ambiguous, early)
    nextStep(counting, refused(429, 60_000), early)
    expect(taken).toBe(0)
    expect(nextStep(counting, failed(500), early)).toEqual({ kind: 'stop' })
    expect(nextStep(counting, failed(500), early)).toMatchObject({ kind: 'retry' })
  })
})

describe('a budget of retries', () => {
  it('lets 12 of 100 failing requests be retried: 2 to begin with, and one for ten', () => {
    const budget = makeRetryBudget()
    let retries = 0
    for (let request = 0; request < 100; request += 1) {
      budget.asked('a')
      if (budget.take('a')) retries += 1
    }
    expect(retries).toBe(12)
    expect(budget.take('b')).toBe(true)
  })
})
