import OpenAI from 'openai'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { ask, get, says } from '../world/ask.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

async function keys() {
  const policy = aPolicy(world.simulator.url)
  const all = aKey(policy)
  const mini = aKey(policy, { allowedModels: ['*-mini'] })
  await world.publish(policy, all, mini)
  return { all, mini }
}

it('lists what the key may use, with prices per token, in a body for both official clients', async () => {
  const { all, mini } = await keys()
  const { status, text } = await get(`${world.url}/v1/models`, all)
  expect(status).toBe(200)
  expect(JSON.parse(text)).toMatchObject({
    object: 'list',
    data: [
      {
        id: 'gpt-4o-mini',
        object: 'model',
        type: 'model',
        created: 1_721_260_800,
        created_at: '2024-07-18T00:00:00Z',
        owned_by: 'Simulated',
        display_name: 'gpt-4o-mini',
        max_input_tokens: 128_000,
        max_tokens: 16_384,
        pricing: { prompt: '0.000000150000', completion: '0.000000600000', input_cache_read: '0.000000075000' },
      },
      { id: 'gpt-4o' },
      { id: 'sim-unpriced', pricing: null },
    ],
    has_more: false,
    first_id: 'gpt-4o-mini',
    last_id: 'sim-unpriced',
  })
  expect((await get(`${world.url}/v1/models`, mini)).body.data.map(({ id }) => id)).toEqual(['gpt-4o-mini'])
})

it('pages as the Anthropic client asks', async () => {
  const { all } = await keys()
  const first = await get(`${world.url}/v1/models?limit=1`, all)
  expect(JSON.parse(first.text)).toMatchObject({ has_more: true, last_id: 'gpt-4o-mini' })
  const rest = await get(`${world.url}/v1/models?limit=1000&after_id=gpt-4o-mini`, all)
  expect(rest.body.data.map(({ id }) => id)).toEqual(['gpt-4o', 'sim-unpriced'])
})

it('shows one model, and 404 for one that the key may not use', async () => {
  const { mini } = await keys()
  expect(await get(`${world.url}/v1/models/gpt-4o-mini`, mini)).toMatchObject({
    status: 200,
    body: { id: 'gpt-4o-mini' },
  })
  expect(await get(`${world.url}/v1/models/gpt-4o`, mini)).toMatchObject({
    status: 404,
    body: { error: { code: 'model_not_found' } },
  })
})

it('works through the official client, with and without /v1', async () => {
  const { all } = await keys()
  for (const base of ['/v1', '', '/v1/v1']) {
    const client = new OpenAI({ apiKey: all.secret, baseURL: world.url + base })
    const models = await client.models.list()
    expect(models.data.map(({ id }) => id)).toContain('gpt-4o')
  }
})

it('tells which models a key may use when it asks for another, and the nearest for one that is not there', async () => {
  const { all, mini } = await keys()
  const forbidden = await ask(world.url, mini, says('Hi', { model: 'gpt-4o' }))
  expect(forbidden.status).toBe(403)
  expect(forbidden.body.error).toMatchObject({ code: 'model_not_allowed', param: 'model' })
  expect(forbidden.body.error.message).toContain('It may use: gpt-4o-mini.')
  const unknown = await ask(world.url, all, says('Hi', { model: 'gpt-4o-minni' }))
  expect(unknown.status).toBe(404)
  expect(unknown.body.error.code).toBe('model_not_found')
  expect(unknown.body.error.message).toContain('Did you mean gpt-4o-mini')
})
