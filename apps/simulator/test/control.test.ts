import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ErrorBody, type Simulated, ask, json, simulated } from './simulated.ts'

let sim: Simulated
beforeEach(async () => {
  sim = await simulated()
})
afterEach(() => sim.stop())

const statusOf = async (body: object = ask('Hello')) => (await sim.post(body)).status
const control = (path: string, body: string, type = 'application/json') =>
  fetch(`${sim.url}${path}`, { method: 'POST', headers: { 'content-type': type }, body })

describe('behaviour', () => {
  it('answers the next two calls with 429 and then is well again', async () => {
    await sim.behave({ status: 429, statusCalls: 2, retryAfterSeconds: 7 })
    const first = await sim.post(ask('Hello'))
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, '7'])
    expect([await statusOf(), await statusOf()]).toEqual([429, 200])
  })

  it('keeps a status without a number of calls until it is taken back', async () => {
    await sim.behave({ status: 500 })
    expect([await statusOf(), await statusOf()]).toEqual([500, 500])
    await sim.behave({ status: null })
    expect(await statusOf()).toBe(200)
  })

  it('has an outage for every route of the API', async () => {
    await sim.behave({ outage: true })
    expect(await statusOf()).toBe(503)
    expect((await fetch(`${sim.url}/v1/models`)).status).toBe(503)
    await sim.behave({ outage: false })
    expect(await statusOf()).toBe(200)
  })

  it('can ask for a key', async () => {
    await sim.behave({ requiredKey: 'sk-right' })
    const withKey = (key: string) => ({ headers: { authorization: `Bearer ${key}` } })
    expect((await sim.post(ask('Hello'), withKey('sk-right'))).status).toBe(200)
    const refused = await sim.post(ask('Hello'), withKey('sk-wrong-5678'))
    expect(refused.status).toBe(401)
    expect(await refused.json()).toEqual({
      error: {
        message: 'Incorrect API key provided: ********5678.',
        type: 'invalid_request_error',
        param: null,
        code: 'invalid_api_key',
      },
    })
    await expect(sim.client.models.list()).rejects.toMatchObject({ status: 401 })
    expect(await (await fetch(`${sim.url}/__sim/state`)).text()).not.toContain('sk-right')
  })

  it('goes back to the start when a setting is taken back', async () => {
    const paced = await simulated({ ttftMs: 5, tokensPerSecond: 900 })
    const pace = async () => {
      const { behaviour } = await json<{ behaviour: object }>(await fetch(`${paced.url}/__sim/state`))
      return behaviour
    }
    await paced.behave({ ttftMs: 0, tokensPerSecond: 0, abortedBilling: 'full', rateLimits: { enforce: true } })
    expect(await pace()).toMatchObject({ ttftMs: 0, tokensPerSecond: 0, abortedBilling: 'full' })
    await paced.behave({ ttftMs: null, tokensPerSecond: null, abortedBilling: null, rateLimits: null })
    expect(await pace()).toMatchObject({
      ttftMs: 5,
      tokensPerSecond: 900,
      abortedBilling: 'generated',
      rateLimits: { enforce: false },
    })
    await paced.stop()
  })

  it('can break every stream', async () => {
    await sim.behave({ cutStreamsAfter: 2 })
    const answer = await sim.post(ask('Hello', { stream: true }))
    await expect(answer.text()).rejects.toThrow('terminated')
    expect(await statusOf()).toBe(200)
    expect(await sim.totals()).toMatchObject({ calls: 2, cut: 1, aborted: 0 })
  })

  it('refuses what it does not know, and leaves things as they were', async () => {
    expect((await control('/__sim/behaviour', '{"outage":true,"color":"red"}')).status).toBe(400)
    expect((await control('/__sim/behaviour', '{"status":200}')).status).toBe(400)
    expect((await control('/__sim/behaviour', '{')).status).toBe(400)
    expect((await control('/__sim/behaviour', '{"outage":true}', 'text/plain')).status).toBe(415)
    expect(await statusOf()).toBe(200)
  })
})

describe('rate limits', () => {
  it('are told in the headers of OpenAI', async () => {
    await sim.behave({ rateLimits: { requestsPerMinute: 60, tokensPerMinute: 6_000 } })
    const { headers } = await sim.post(ask('Hello', { max_tokens: 7 }))
    expect(headers.get('x-ratelimit-limit-requests')).toBe('60')
    expect(headers.get('x-ratelimit-remaining-requests')).toBe('59')
    expect(headers.get('x-ratelimit-reset-requests')).toBe('1s')
    expect(headers.get('x-ratelimit-limit-tokens')).toBe('6000')
    expect(headers.get('x-ratelimit-remaining-tokens')).toBe('5985')
    expect(headers.get('x-ratelimit-reset-tokens')).toBe('150ms')
    expect(headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/)
  })

  it('refuse when they are enforced, each key by itself', async () => {
    await sim.behave({ rateLimits: { requestsPerMinute: 2, enforce: true } })
    const as = async (key: string) => sim.post(ask('Hello'), { headers: { authorization: `Bearer ${key}` } })
    expect([(await as('a')).status, (await as('a')).status]).toEqual([200, 200])
    const refused = await as('a')
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('30')
    expect((await json<ErrorBody>(refused)).error).toMatchObject({ type: 'requests', code: 'rate_limit_exceeded' })
    expect((await as('b')).status).toBe(200)
  })
})

describe('reset', () => {
  it('forgets behaviour and record', async () => {
    await sim.behave({ outage: true })
    await sim.post(ask('Hello'))
    await control('/__sim/reset', '{}')
    expect(await sim.totals()).toMatchObject({ calls: 0, billedNano: '0', byStatus: {} })
    expect(await statusOf()).toBe(200)
    expect((await sim.calls()).map(({ seq }) => seq)).toEqual([2])
  })

  it('can leave the record', async () => {
    await sim.behave({ outage: true })
    await sim.post(ask('Hello'))
    await control('/__sim/reset', '{"record":false}')
    expect(await sim.totals()).toMatchObject({ calls: 1, byStatus: { 503: 1 } })
    expect(await statusOf()).toBe(200)
  })
})

it('has a page for people that loads nothing from elsewhere', async () => {
  const page = await fetch(sim.url)
  const html = await page.text()
  for (const label of ['Outage', 'Slow', '429', 'Cut streams', 'Reset']) expect(html).toContain(`>${label}</button>`)
  expect(html).not.toMatch(/https?:\/\/|NONCE/)
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
})
