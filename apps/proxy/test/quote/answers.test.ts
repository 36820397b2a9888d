import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parseUsd } from '@tollkeeper/domain/price'
import { aBudget, aKey, aLimit, aPolicy } from '@tollkeeper/testbed/builders'
import { ask, says } from '../world/ask.ts'
import { startWorld, untilAttempts, type World } from '../world/world.ts'
import { askQuote } from './ask-quote.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.simulator.reset())
afterAll(() => world.stop())

const team = { kind: 'team', id: 'team_ds', name: 'Data Science' } as const
const lea = { kind: 'user', id: 'mem_lea', name: 'Lea' } as const

/** Lea's key in Data Science, under limits of all three. */
async function company(
  limits: { org?: string; team?: string; lea?: string },
  change: Pick<NonNullable<Parameters<typeof aPolicy>[1]>, 'rateLimits' | 'settings'> = {},
) {
  const policy = aPolicy(world.simulator.url, { timeZone: 'Europe/Helsinki', ...change })
  const organisation = { kind: 'organisation', id: policy.orgId, name: 'Acme' } as const
  const budget = (scope: typeof organisation | typeof team | typeof lea, limit: string | undefined) =>
    limit === undefined ? [] : [aBudget(scope, limit)]
  policy.budgets.push(...budget(organisation, limits.org), ...budget(team, limits.team), ...budget(lea, limits.lea))
  const key = aKey(policy, { scopes: { teamId: team.id as never, userId: lea.id as never } })
  await world.publish(policy, key)
  return { policy, key }
}

const settings = {
  moneyRefusalStatus: 402,
  showAmounts: true,
  defaultMaxOutputTokens: 4_096,
  storeOutage: 'closed',
  consoleUrl: 'https://console.example.com',
} as const

describe('a quote', () => {
  it('says what a request costs at most, every budget on its way, and how much output would fit', async () => {
    const { policy, key } = await company({ org: '5', team: '1', lea: '0.0015' })
    const { status, quote } = await askQuote(world.url, key, says('Hi', { max_tokens: 500 }))
    expect(status).toBe(200)
    // 8 × 150 + 500 × 600 nano; 0.0015 dollars less 1,200 nano pay 2,498 output tokens.
    expect(quote).toMatchObject({
      object: 'quote',
      model: 'gpt-4o-mini',
      provider: 'Simulated',
      admitted: true,
      refusal: null,
      input_tokens: 8,
      max_output_tokens: 500,
      max_output_tokens_that_fit: 2_498,
      estimate_usd: '0.000301200',
      bound_usd: '0.000301200',
    })
    expect(quote.chain.map(({ scope, deciding }) => [scope.type, deciding])).toEqual([
      ['organisation', false],
      ['team', false],
      ['user', true],
    ])
    expect(quote.chain[2]).toMatchObject({
      scope: { type: 'user', id: 'mem_lea', name: 'Lea' },
      period: 'month',
      limit_usd: '0.001500000',
      spent_usd: '0.000000000',
      held_usd: '0.000000000',
      left_usd: '0.001500000',
    })
    expect(quote.chain[2]?.['resets_at']).toMatch(/^20\d\d-\d\d-01T00:00:00\+0[23]:00$/)
    expect(await world.simulator.calls()).toEqual([])
    expect(await world.balances(policy)).toEqual({})
    expect(await world.usage(policy)).toEqual({ attempts: [], requests: [] })
  })

  it('of a request that would be refused has the very fields of its refusal', async () => {
    const { key } = await company({ org: '5', lea: '0.0000612' }, { settings })
    const body = says('Hi', { max_tokens: 200 })
    const { quote } = await askQuote(world.url, key, body)
    const answer = await ask(world.url, key, body)
    expect(quote).toMatchObject({ admitted: false, max_output_tokens_that_fit: 100, bound_usd: '0.000121200' })
    const { request_id: _quote, ...quoted } = quote.refusal?.gateway ?? {}
    const { request_id: _answer, ...told } = answer.body.error.gateway
    expect(quoted).toEqual(told)
    expect(quote.refusal).toMatchObject({
      status: answer.status,
      code: 'insufficient_quota',
      type: 'insufficient_quota',
    })
    // There is no page about a quote.
    expect(quote.refusal?.message).not.toContain('https://')
    expect(quote.chain.map(({ deciding }) => deciding)).toEqual([false, true])
    expect((await ask(world.url, key, says('Hi', { max_tokens: 100 }))).status).toBe(200)
  })

  it('shows no amounts of budgets where the organisation hides them, but what the request costs', async () => {
    const { key } = await company({ team: '1' }, { settings: { ...settings, showAmounts: false } })
    const { quote } = await askQuote(world.url, key, says('Hi', { max_tokens: 10 }))
    expect(quote.bound_usd).toBe('0.000007200')
    expect(Object.keys(quote.chain[0] ?? {}).filter((name) => name.endsWith('_usd'))).toEqual([])
  })

  it('counts as one request: the last that a window lets through says so', async () => {
    const { key } = await company({}, { rateLimits: [aLimit(team, { requestsPerMinute: 3 })] })
    const quotes = [await askQuote(world.url, key, says('Hi')), await askQuote(world.url, key, says('Hi'))]
    expect(quotes.map(({ quote }) => [quote.admitted, quote.requests_left?.remaining])).toEqual([
      [true, 2],
      [true, 1],
    ])
    const { quote } = await askQuote(world.url, key, says('Hi'))
    expect(quote).toMatchObject({
      admitted: false,
      refusal: { status: 429, code: 'rate_limit_exceeded', gateway: { reason: 'rate_limited', limit: 3 } },
    })
    expect((await ask(world.url, key, says('Hi'))).status).toBe(429)
    expect((await askQuote(world.url, key, says('Hi'))).status).toBe(429)
  })

  it('tells tokens that have to wait as the request would be told', async () => {
    const { key } = await company({}, { rateLimits: [aLimit(team, { tokensPerMinute: 1_000 })] })
    expect((await ask(world.url, key, says('Hi [[sim:tokens=900]]', { max_tokens: 900 }))).status).toBe(200)
    const { quote } = await askQuote(world.url, key, says('Hi', { max_tokens: 900 }))
    expect(quote).toMatchObject({ admitted: false, refusal: { status: 429, gateway: { reason: 'rate_limited' } } })
    expect(quote.rate_limits[0]?.['tokens_fit_after_ms']).toBeGreaterThan(0)
    expect((await ask(world.url, key, says('Hi', { max_tokens: 900 }))).status).toBe(429)
  })

  it('refuses what the request itself would be refused for, in the same words', async () => {
    const { key } = await company({ org: '5' })
    for (const body of [says('Hi', { model: 'gpt-9' }), says('Hi', { max_tokens: -1 }), { model: 'gpt-4o-mini' }]) {
      const answer = await ask(world.url, key, body)
      const { status, quote } = await askQuote(world.url, key, body)
      expect(status).toBe(answer.status)
      const told = (quote as unknown as typeof answer.body).error
      expect(told.message).toBe(answer.body.error.message)
    }
    const stranger = { ...key, secret: `${key.secret.slice(0, -1)}x` }
    expect((await askQuote(world.url, stranger, says('Hi'))).status).toBe(401)
  })
})

describe('a request after its quote, when nothing else runs', () => {
  const sizes = fc.record({
    words: fc.nat(120),
    maxTokens: fc.option(fc.integer({ min: 1, max: 3_000 }), { nil: undefined }),
    output: fc.nat(3_000),
    model: fc.constantFrom('gpt-4o-mini', 'gpt-4o'),
    choices: fc.constantFrom(1, 1, 1, 2),
    stream: fc.boolean(),
    limit: fc.integer({ min: 1, max: 4_000_000 }),
    other: fc.integer({ min: 1, max: 4_000_000 }),
  })

  it('is answered as the quote says, costs no more than its bound, and the output that fits does fit', async () => {
    const seen = { admitted: 0, refused: 0 }
    await fc.assert(
      fc.asyncProperty(sizes, async ({ words, maxTokens, output, model, choices, stream, limit, other }) => {
        const usd = (nano: number) => (nano / 1e9).toFixed(9)
        const { policy, key } = await company({ team: usd(limit), lea: usd(other) })
        const text = `${'word '.repeat(words)}[[sim:tokens=${output}]]`
        const more = { model, n: choices, ...(stream && { stream }), ...(maxTokens && { max_tokens: maxTokens }) }
        const body = says(text, more)
        const { quote } = await askQuote(world.url, key, body)
        const answer = await ask(world.url, key, body)
        expect(answer.status).toBe(quote.refusal?.status ?? 200)
        seen[quote.admitted ? 'admitted' : 'refused'] += 1
        if (quote.admitted) {
          const clamped = answer.headers.get('x-gateway-max-tokens-clamped')
          if (clamped !== null) expect(Number(clamped)).toBe(quote.max_output_tokens)
          const { attempts } = await untilAttempts(world, policy, 1)
          expect(attempts[0]?.amount).toBeGreaterThan(0n)
          expect(attempts[0]!.amount <= (parseUsd(quote.bound_usd) ?? 0n)).toBe(true)
          return
        }
        const fits = quote.max_output_tokens_that_fit
        if (fits > 0) expect((await ask(world.url, key, { ...body, max_tokens: fits })).status).toBe(200)
        else expect((await ask(world.url, key, { ...body, max_tokens: 1 })).status).toBe(402)
      }),
      { numRuns: 60 },
    )
    expect(Math.min(seen.admitted, seen.refused)).toBeGreaterThan(5)
  }, 60_000)
})
