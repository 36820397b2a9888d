import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { aBudget, aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { until } from '@tollkeeper/testbed/processes'
import { ask, says } from '../world/ask.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.simulator.reset())
afterAll(() => world.stop())

const settings = {
  moneyRefusalStatus: 402,
  showAmounts: true,
  defaultMaxOutputTokens: 4_096,
  storeOutage: 'closed',
  consoleUrl: 'https://console.example.com',
} as const

/** A team "Data Science" with a monthly budget, of an organisation in Helsinki. */
async function dataScience(limit: string, change: Parameters<typeof aPolicy>[1] = {}) {
  const policy = aPolicy(world.simulator.url, { timeZone: 'Europe/Helsinki', settings, ...change })
  const team = { kind: 'team', id: 'team_ds', name: 'Data Science' } as const
  policy.budgets.push(aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, '1000'), aBudget(team, limit))
  const key = aKey(policy, { scopes: { teamId: 'team_ds' as never } })
  await world.publish(policy, key)
  return { policy, key }
}

describe('a budget that is used up', () => {
  it('is explained: scope, period, reset in the zone of the organisation, amounts and what would fit', async () => {
    // 8 input tokens at 150 nano and 1 output token at 600 do not fit into 1,000 nano.
    const { policy, key } = await dataScience('0.000001')
    const answer = await ask(world.url, key, says('Hi'))

    expect(answer.status).toBe(402)
    const { error } = answer.body
    expect(error).toMatchObject({
      type: 'insufficient_quota',
      code: 'insufficient_quota',
      param: null,
      gateway: {
        source: 'gateway',
        reason: 'budget_exceeded',
        scope: { type: 'team', id: 'team_ds', name: 'Data Science' },
        period: 'month',
        limit_usd: '0.000001000',
        spent_usd: '0.000000000',
        held_usd: '0.000000000',
        max_output_tokens_that_fit: 0,
        request_id: answer.headers.get('x-request-id'),
      },
    })
    const reset = String(error.gateway['resets_at'])
    expect(reset).toMatch(/^20\d\d-\d\d-01T00:00:00\+0[23]:00$/)
    expect(error.message).toContain(`team "Data Science" has used its monthly limit; it will reset at ${reset}.`)
    const requestId = answer.headers.get('x-request-id') ?? ''
    expect(error.message).toContain(`https://console.example.com/o/acme/requests/${requestId}`)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'request-id': requestId,
      'x-should-retry': 'false',
      'x-gateway-deny': 'budget_exceeded',
      'x-gateway-deny-scope': 'team/data-science',
      'x-gateway-budget-reset': reset,
    })
    expect(answer.headers.get('retry-after')).toBeNull()

    expect(await world.simulator.calls()).toEqual([])
    const { attempts, requests } = await until(
      async () => {
        const usage = await world.usage(policy)
        return usage.requests.length > 0 ? usage : undefined
      },
      { within: 2_000, what: 'the row of the refusal' },
    )
    expect(attempts).toEqual([])
    expect(requests).toMatchObject([
      {
        requestId,
        status: 402,
        failure: 'budget_exceeded',
        attempts: 0,
        refusal: { reason: 'budget_exceeded', scope: { kind: 'team', id: 'team_ds' }, limitUsd: '0.000001000' },
      },
    ])
  })

  it('reaches the official client exactly once, as its insufficient_quota', async () => {
    const { key } = await dataScience('0.000001')
    let calls = 0
    const client = new OpenAI({
      apiKey: key.secret,
      baseURL: `${world.url}/v1`,
      fetch: (url, init) => {
        calls += 1
        return fetch(url, init)
      },
    })
    const error: unknown = await client.chat.completions.create(says('Hi') as never).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(OpenAI.APIError)
    expect(error).toMatchObject({ status: 402, code: 'insufficient_quota' })
    expect(calls).toBe(1)
  })

  it('is answered with 429 where the organisation wants that, with the same body and headers', async () => {
    const { key } = await dataScience('0.000001', { settings: { ...settings, moneyRefusalStatus: 429 } })
    const answer = await ask(world.url, key, says('Hi'))
    expect(answer.status).toBe(429)
    expect(answer.headers.get('x-should-retry')).toBe('false')
    expect(answer.body.error).toMatchObject({ code: 'insufficient_quota', gateway: { reason: 'budget_exceeded' } })
  })

  it('is told without amounts where the organisation hides them', async () => {
    const { key } = await dataScience('0.000001', { settings: { ...settings, showAmounts: false } })
    const answer = await ask(world.url, key, says('Hi'))
    expect(Object.keys(answer.body.error.gateway).filter((name) => name.endsWith('_usd'))).toEqual([])
    expect(answer.body.error.gateway).toMatchObject({ scope: { name: 'Data Science' } })
  })

  it('says how much output would still fit when that is too little', async () => {
    // 8 × 150 + 100 × 600 nano; the caller insists on 200 output tokens.
    const { key } = await dataScience('0.0000612')
    const answer = await ask(world.url, key, says('Hi', { max_tokens: 200 }))
    expect(answer.status).toBe(402)
    expect(answer.body.error.gateway).toMatchObject({ max_output_tokens_that_fit: 100 })
    expect(answer.body.error.message).toContain('A request with at most 100 output tokens would still fit.')
    expect((await ask(world.url, key, says('Hi', { max_tokens: 100 }))).status).toBe(200)
  })

  it('says how much output fits into every budget on the way, not only into the one that refuses', async () => {
    // The team has room for 100 tokens of output, the person below it for 50.
    const { policy } = await dataScience('0.0000612')
    const scopes = { teamId: 'team_ds' as never, userId: 'mem_lea' as never }
    const lea = aKey(policy, { scopes })
    policy.budgets.push(aBudget({ kind: 'user', id: 'mem_lea', name: 'Lea' }, '0.0000312'))
    policy.version += 1
    await world.publish(policy, lea)
    const answer = await ask(world.url, lea, says('Hi', { max_tokens: 200 }))
    expect(answer.body.error.gateway).toMatchObject({ scope: { type: 'team' }, max_output_tokens_that_fit: 50 })
    expect((await ask(world.url, lea, says('Hi', { max_tokens: 50 }))).status).toBe(200)
  })

  it('writes equal refusals of one key as one row and one more with their number', async () => {
    const { policy, key } = await dataScience('0.000001')
    for (let turn = 0; turn < 5; turn += 1) await ask(world.url, key, says('Hi'))
    // Rows that are still counted are written when the proxy stops.
    const other = await world.startProxy()
    for (let turn = 0; turn < 3; turn += 1) await ask(other.url, key, says('Hi'))
    await other.stop()
    const { requests } = await world.usage(policy)
    expect(requests.map(({ count }) => count).toSorted((a, b) => a - b)).toEqual([1, 1, 2])
  })
})
