import { describe, expect, it } from 'vitest'
import { catalogue, fail, Failure, failureKinds, type FailureCode } from '@tollkeeper/domain/failure'
import { failureBody, statusOf } from './index.ts'

const codes = Object.keys(catalogue) as FailureCode[]

describe('failures in the OpenAI dialect', () => {
  it.each(codes)('%s renders with a status, a sentence, a type and our reason', (code) => {
    const failure = new Failure(code, 'A sentence.', {})
    const { error } = JSON.parse(failureBody(failure, 'req_1')) as { error: Record<string, unknown> }
    expect(statusOf(failure)).toBeGreaterThanOrEqual(400)
    expect(error).toMatchObject({
      message: 'A sentence.',
      type: expect.any(String),
      param: null,
      gateway: { source: 'gateway', reason: code, request_id: 'req_1' },
    })
  })

  it('covers every kind', () => {
    expect(new Set(codes.map((code) => catalogue[code].kind))).toEqual(new Set(failureKinds))
  })

  it('keeps the words that clients look for in a money refusal', () => {
    const failure = fail(
      'budget_exceeded',
      {
        scope: { kind: 'team', id: 't', name: 'Data' },
        period: 'month',
        resetsAt: '2026-12-01T00:00:00+02:00',
        link: null,
        fits: null,
      },
      { detail: { limit_usd: '5.000000000' } },
    )
    expect(statusOf(failure)).toBe(402)
    expect(failure.message).toContain('will reset at 2026-12-01T00:00:00+02:00')
    expect(JSON.parse(failureBody(failure, 'req_1'))).toMatchObject({
      error: { type: 'insufficient_quota', code: 'insufficient_quota', gateway: { limit_usd: '5.000000000' } },
    })
  })

  it('says which kind of rate was reached', () => {
    const failure = fail(
      'rate_limited',
      { scope: { kind: 'key', id: 'k', name: 'CI' }, unit: 'tokens', per: 'minute', limit: 100, retryAfterMs: 1_500 },
      { detail: { unit: 'tokens' } },
    )
    expect(JSON.parse(failureBody(failure, 'req_1'))).toMatchObject({
      error: { type: 'tokens', code: 'rate_limit_exceeded' },
    })
  })
})
