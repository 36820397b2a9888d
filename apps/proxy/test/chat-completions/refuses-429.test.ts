import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { aBudget, aKey, aLimit, aPolicy } from '@tollkeeper/testbed/builders'
import { until } from '@tollkeeper/testbed/processes'
import { ask, says } from '../world/ask.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.simulator.reset())
afterAll(() => world.stop())

const acme = (policy: { orgId: string }) => ({ kind: 'organisation', id: policy.orgId, name: 'Acme' }) as const

it('refuses the fourth request of a minute that allows three, and tells when to come back', async () => {
  const policy = aPolicy(world.simulator.url)
  policy.rateLimits.push(aLimit(acme(policy), { requestsPerMinute: 3 }))
  const key = aKey(policy)
  await world.publish(policy, key)

  const first = await ask(world.url, key, says('Hi'))
  expect(Object.fromEntries(first.headers)).toMatchObject({
    'x-ratelimit-limit-requests': '3',
    'x-ratelimit-remaining-requests': '2',
  })
  expect(first.headers.get('x-ratelimit-reset-requests')).toMatch(/^(\d+m)?\d+m?s$/)
  await ask(world.url, key, says('Hi'))
  await ask(world.url, key, says('Hi'))
  const refused = await ask(world.url, key, says('Hi'))
  expect(refused.status).toBe(429)
  expect(refused.body.error).toMatchObject({
    type: 'requests',
    code: 'rate_limit_exceeded',
    gateway: { reason: 'rate_limited', scope: { name: 'Acme' }, period: 'minute', limit: 3 },
  })
  const seconds = Number(refused.headers.get('retry-after'))
  const ms = Number(refused.headers.get('retry-after-ms'))
  expect(ms).toBeGreaterThan(0)
  expect(seconds).toBe(Math.ceil(ms / 1_000))
  expect(await world.simulator.calls()).toHaveLength(3)
})

it('refuses by tokens per minute, and gives back what was not used', async () => {
  const policy = aPolicy(world.simulator.url)
  policy.rateLimits.push(aLimit(acme(policy), { tokensPerMinute: 1_000 }))
  const key = aKey(policy)
  await world.publish(policy, key)
  // Held: 15 input tokens and 900 output tokens. Used: 15 and 2.
  expect((await ask(world.url, key, says('Hi [[sim:tokens=2]]', { max_tokens: 900 }))).status).toBe(200)
  expect((await ask(world.url, key, says('Hi [[sim:tokens=900]]', { max_tokens: 900 }))).status).toBe(200)
  const refused = await ask(world.url, key, says('Hi', { max_tokens: 900 }))
  expect(refused.status).toBe(429)
  expect(refused.body.error).toMatchObject({
    type: 'tokens',
    code: 'rate_limit_exceeded',
    gateway: { unit: 'tokens', limit: 1_000 },
  })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
})

it('refuses for an hour what the minutes would allow, in tokens', async () => {
  const policy = aPolicy(world.simulator.url)
  policy.rateLimits.push(aLimit(acme(policy), { tokensPerMinute: 1_000_000, tokensPerHour: 400 }))
  const key = aKey(policy)
  await world.publish(policy, key)
  const body = says('Hi [[sim:worst]]', { max_tokens: 300 })
  expect((await ask(world.url, key, body)).status).toBe(200)
  const refused = await ask(world.url, key, body)
  expect(refused.status).toBe(429)
  expect(refused.body.error.gateway).toMatchObject({
    reason: 'rate_limited',
    unit: 'tokens',
    period: 'hour',
    limit: 400,
  })
  expect(refused.body.error.message).toContain('may use 400 tokens per hour')
  expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(7_200)
})

it('clamps a request that names no cap to what a limit on tokens can ever give, and refuses one that asks for more', async () => {
  const policy = aPolicy(world.simulator.url)
  policy.rateLimits.push(aLimit(acme(policy), { bucket: { capacity: 1_000, refillPerSecond: 1_000 } }))
  const key = aKey(policy)
  await world.publish(policy, key)
  const clamped = await ask(world.url, key, says('Hi'))
  expect(clamped.status).toBe(200)
  expect(clamped.headers.get('x-gateway-max-tokens-clamped')).toBe('992')
  const never = await ask(world.url, key, says('Hi '.repeat(1_200)))
  expect(never.status).toBe(400)
  expect(never.body.error.gateway).toMatchObject({ reason: 'tokens_never_fit', limit: 1_000 })
})

it('asks to come back while the rest of the budget is only held by a request that runs', async () => {
  const policy = aPolicy(world.simulator.url)
  // Two requests of 8 + 300 tokens would cost 2 × 181,200 nano.
  policy.budgets.push(aBudget(acme(policy), '0.0003'))
  const key = aKey(policy)
  await world.publish(policy, key)
  const slow = ask(world.url, key, says('Hi [[sim:slow=600]]', { max_tokens: 300 }))
  await until(async () => (await world.simulator.totals()).open === 1, { within: 2_000 })
  const refused = await ask(world.url, key, says('Hi', { max_tokens: 300 }))
  expect(refused.status).toBe(429)
  expect(refused.body.error).toMatchObject({ code: 'budget_held', gateway: { reason: 'budget_held' } })
  expect(refused.headers.get('x-should-retry')).toBe('true')
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
  expect((await slow).status).toBe(200)
  expect((await ask(world.url, key, says('Hi', { max_tokens: 300 }))).status).toBe(200)
})
