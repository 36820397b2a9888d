import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { ProviderCeiling } from '@tollkeeper/domain/provider-limit'
import { aKey, aLimit, aModel, aPolicy } from '@tollkeeper/testbed/builders'
import { ask, says } from '../world/ask.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.simulator.reset())
afterAll(() => world.stop())

/** An organisation whose provider allows that much of gpt-4o-mini, under two names, and does not say for gpt-4o. */
function aCeiling(ceiling: Partial<ProviderCeiling>) {
  const policy = aPolicy(world.simulator.url)
  const [provider] = policy.providers
  if (!provider) throw new Error('The policy has no provider')
  const none = { requestsPerMinute: null, requestsPerHour: null, tokensPerMinute: null, tokensPerHour: null }
  const limited = { ...none, ...ceiling }
  policy.models = [
    aModel(provider, 'gpt-4o-mini', { ceiling: limited }),
    aModel(provider, 'gpt-4o-mini', { name: 'small', ceiling: limited }),
    aModel(provider, 'gpt-4o'),
  ]
  return policy
}

it('keeps all keys together below the requests per minute that the provider allows, for that model alone', async () => {
  const policy = aCeiling({ requestsPerMinute: 3 })
  const [ann, ben] = [aKey(policy), aKey(policy)]
  await world.publish(policy, ann, ben)
  expect((await ask(world.url, ann, says('Hi'))).status).toBe(200)
  expect((await ask(world.url, ben, says('Hi'))).status).toBe(200)
  expect((await ask(world.url, ben, says('Hi', { model: 'small' }))).status).toBe(200)

  const refused = await ask(world.url, ann, says('Hi'))
  expect(refused.status).toBe(429)
  expect(refused.body.error).toMatchObject({
    code: 'rate_limit_exceeded',
    gateway: { reason: 'rate_limited', unit: 'requests', scope: { type: 'provider', name: 'Simulated' }, limit: 3 },
  })
  expect(refused.body.error.message).toContain("The provider's own rate limit is reached")
  expect(Number(refused.headers.get('retry-after-ms'))).toBeGreaterThan(0)
  expect((await ask(world.url, ann, says('Hi', { model: 'gpt-4o' }))).status).toBe(200)
  expect(await world.simulator.calls()).toHaveLength(4)
})

it('takes tokens of the ceiling with the hold and gives back what was not used', async () => {
  const policy = aCeiling({ tokensPerMinute: 1_000 })
  const key = aKey(policy)
  await world.publish(policy, key)
  // Held: 15 input tokens and 900 output tokens. Used: 15 and 2.
  expect((await ask(world.url, key, says('Hi [[sim:tokens=2]]', { max_tokens: 900 }))).status).toBe(200)
  expect((await ask(world.url, key, says('Hi [[sim:tokens=900]]', { max_tokens: 900 }))).status).toBe(200)
  const refused = await ask(world.url, key, says('Hi', { max_tokens: 900 }))
  expect(refused.status).toBe(429)
  expect(refused.body.error).toMatchObject({
    gateway: { unit: 'tokens', scope: { type: 'provider' }, period: 'minute', limit: 1_000 },
  })
})

it('keeps requests and tokens below what the provider allows in an hour', async () => {
  const [few, small] = [aCeiling({ requestsPerHour: 2 }), aCeiling({ tokensPerHour: 1_000 })]
  const [ann, ben] = [aKey(few), aKey(small)]
  await world.publish(few, ann)
  await world.publish(small, ben)
  for (let i = 0; i < 2; i += 1) expect((await ask(world.url, ann, says('Hi'))).status).toBe(200)
  expect((await ask(world.url, ann, says('Hi'))).body.error.gateway).toMatchObject({
    unit: 'requests',
    scope: { type: 'provider' },
    period: 'hour',
    limit: 2,
  })
  expect((await ask(world.url, ben, says('Hi [[sim:tokens=900]]', { max_tokens: 900 }))).status).toBe(200)
  expect((await ask(world.url, ben, says('Hi', { max_tokens: 900 }))).body.error.gateway).toMatchObject({
    unit: 'tokens',
    scope: { type: 'provider' },
    period: 'hour',
    limit: 1_000,
  })
})

it("never raises an administrator's limit: the smaller of the two holds", async () => {
  const policy = aCeiling({ requestsPerMinute: 500 })
  policy.rateLimits.push(aLimit({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, { requestsPerMinute: 1 }))
  const key = aKey(policy)
  await world.publish(policy, key)
  expect((await ask(world.url, key, says('Hi'))).status).toBe(200)
  const refused = await ask(world.url, key, says('Hi'))
  expect(refused.body.error.gateway).toMatchObject({ scope: { type: 'organisation', name: 'Acme' }, limit: 1 })
})

it('lets a key that may not use a model take nothing of what others may', async () => {
  const policy = aCeiling({ requestsPerMinute: 1 })
  const [stranger, key] = [aKey(policy, { allowedModels: ['gpt-4o'] }), aKey(policy)]
  await world.publish(policy, stranger, key)
  for (let i = 0; i < 3; i += 1) expect((await ask(world.url, stranger, says('Hi'))).status).toBe(403)
  expect((await ask(world.url, key, says('Hi'))).status).toBe(200)
})

it('counts two organisations at the same provider apart', async () => {
  const [ours, theirs] = [aCeiling({ requestsPerMinute: 1 }), aCeiling({ requestsPerMinute: 1 })]
  theirs.providers = ours.providers
  theirs.models = ours.models
  const [key, other] = [aKey(ours), aKey(theirs)]
  await world.publish(ours, key)
  await world.publish(theirs, other)
  expect((await ask(world.url, key, says('Hi'))).status).toBe(200)
  expect((await ask(world.url, other, says('Hi'))).status).toBe(200)
  expect((await ask(world.url, key, says('Hi'))).status).toBe(429)
})
