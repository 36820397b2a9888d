import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { aKey, aPolicy, aProvider, type BuiltKey } from '@tollkeeper/testbed/builders'
import { ask, says } from '../world/ask.ts'
import { internalToken, startWorld, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.simulator.reset())
afterAll(() => world.stop())

type Listed = { provider: { id: string }; model: string | null; seen_at: string; limits: object[] }

async function post(path: string, token: string, body: object = {}) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await fetch(world.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const sync = async (key: BuiltKey) => {
  const { status, body } = await post('/sync/provider-limits', key.secret)
  expect(status).toBe(200)
  return body['data'] as Listed[]
}

it('learns the limits that answers state, of whole answers, streams and refusals', async () => {
  const rateLimits = { requestsPerMinute: 500, tokensPerMinute: 30_000, enforce: false }
  await world.simulator.behave({ rateLimits })
  const policy = aPolicy(world.simulator.url)
  const key = aKey(policy)
  await world.publish(policy, key)
  expect(await sync(key)).toEqual([])

  await ask(world.url, key, says('Hi'))
  await ask(world.url, key, says('Hi', { model: 'gpt-4o', stream: true }))
  const listed = await sync(key)
  expect(new Set(listed.map(({ model }) => model))).toEqual(new Set(['gpt-4o', 'gpt-4o-mini']))
  expect(listed.find(({ model }) => model === 'gpt-4o-mini')).toMatchObject({
    provider: { id: policy.providers[0]?.id, name: 'Simulated' },
    limits: [
      { of: 'requests', per: 'minute', limit: 500, remaining: 499 },
      { of: 'tokens', per: 'minute', limit: 30_000 },
    ],
  })
})

it('shows the limits of one organisation to no other', async () => {
  const [policy, other] = [aPolicy(world.simulator.url), aPolicy(world.simulator.url)]
  const [key, strange] = [aKey(policy), aKey(other)]
  await world.publish(policy, key)
  await world.publish(other, strange)
  await ask(world.url, key, says('Hi'))
  expect(await sync(key)).toHaveLength(1)
  expect(await sync(strange)).toEqual([])
})

it('forgets the limits of a credential that was replaced', async () => {
  const policy = aPolicy(world.simulator.url)
  const key = aKey(policy)
  await world.publish(policy, key)
  await ask(world.url, key, says('Hi'))
  expect(await sync(key)).toHaveLength(1)
  const [provider] = policy.providers
  const body = { orgId: policy.orgId, providers: [{ ...provider, sealedCredential: 'v1.another' }] }
  expect((await post('/internal/providers/sync-limits', internalToken, body)).body).toEqual({ learned: [] })
})

it('asks a provider without traffic for its models, which costs nothing, and not again within ten seconds', async () => {
  const asked: string[] = []
  const provider = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.setHeader('anthropic-ratelimit-requests-limit', '50')
    response.setHeader('content-type', 'application/json').end('{"object":"list","data":[]}')
  })
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
  const orgId = aPolicy(url).orgId
  const body = { orgId, providers: [aProvider(url)] }
  const found = { learned: [{ model: null, limits: { requests: { limit: 50, per: 'minute' } } }] }
  expect((await post('/internal/providers/sync-limits', internalToken, body)).body).toMatchObject(found)
  expect((await post('/internal/providers/sync-limits', internalToken, body)).body).toMatchObject(found)
  expect(asked).toEqual(['GET /v1/models'])
  provider.closeAllConnections()
  provider.close()
})

it('is for our own processes and for holders of keys only', async () => {
  expect((await post('/internal/providers/sync-limits', 'sk-gw-nobody', {})).status).toBe(401)
  expect((await post('/sync/provider-limits', 'nobody')).status).toBe(401)
  expect((await post('/internal/providers/sync-limits', internalToken, { orgId: 7 })).status).toBe(400)
})
