import OpenAI from 'openai'
import type { PolicyProvider } from '@tollkeeper/domain/policy'
import { aBudget, aKey, aLimit, aModel, aPolicy } from '@tollkeeper/testbed/builders'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startWorld, untilAttempts, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.simulator.reset())
afterAll(() => world.stop())

const model = 'text-embedding-3-small'
/** USD 0.02 per million tokens of input, and no price for output: there is none. */
const price = { version: 'test:0.02', rates: { inputUncached: 20_000n }, tiers: [] }

type Asked = { kind?: PolicyProvider['kind']; limit?: string; tokensPerMinute?: number }

/** The official client as an application has it, with only address and key changed. */
async function client({ kind = 'simulator', limit = '10', tokensPerMinute = 0 }: Asked = {}) {
  const policy = aPolicy(world.simulator.url)
  const [provider] = policy.providers
  if (!provider) throw new Error('No provider')
  provider.kind = kind
  policy.models.push(aModel(provider, model, { price, encoding: 'cl100k_base', contextWindow: 8_192 }))
  const scope = { kind: 'organisation' as const, id: policy.orgId, name: 'Acme' }
  policy.budgets.push(aBudget(scope, limit))
  if (tokensPerMinute > 0) policy.rateLimits.push(aLimit(scope, { tokensPerMinute }))
  const key = aKey(policy)
  await world.publish(policy, key)
  return { policy, key, openai: new OpenAI({ apiKey: key.secret, baseURL: `${world.url}/v1`, maxRetries: 0 }) }
}

describe('embeddings', () => {
  it('are what the provider gives, charged for their input alone', async () => {
    const { policy, openai } = await client()
    const { data, request_id: id } = await openai.embeddings.create({ model, input: 'Hello world' }).withResponse()
    expect(id).toMatch(/^req_/)
    expect(data.data[0]?.embedding).toHaveLength(1_536)
    expect(data.usage).toEqual({ prompt_tokens: 2, total_tokens: 2 })
    const { attempts, requests } = await untilAttempts(world, policy, 1)
    // 2 tokens at 20 nano-USD.
    expect(attempts).toMatchObject([{ amount: 40n, result: { tokens: { inputUncached: 2 } } }])
    expect(requests).toMatchObject([{ dialect: 'openai-embeddings', modelUsed: model, status: 200, stream: false }])
    expect(await world.simulator.calls()).toMatchObject([{ dialect: 'openai-embeddings', billedNano: '40' }])
  })

  it('keep the format that was asked for: floats are what base64 holds', async () => {
    const { openai } = await client()
    const asked = { model, input: 'Hello', dimensions: 16 }
    const floats = await openai.embeddings.create({ ...asked, encoding_format: 'float' })
    const usual = await openai.embeddings.create(asked)
    expect(usual.data[0]?.embedding).toEqual(floats.data[0]?.embedding.map((value) => Math.fround(value)))
    const base64 = await openai.embeddings.create({ ...asked, encoding_format: 'base64' })
    expect(base64.data[0]?.embedding).toEqual(expect.any(String))
  })

  it.each<[string, string | string[] | number[] | number[][], number]>([
    ['many texts', ['Hello', 'Hello world', '漢字 🙂'], 3],
    ['tokens', [9_906, 1_917], 1],
    ['tokens of many', [[9_906], [9_906, 1_917]], 2],
  ])('come in batches: %s', async (_, input, vectors) => {
    const { policy, openai } = await client()
    const answer = await openai.embeddings.create({ model, input })
    expect(answer.data.map(({ index }) => index)).toEqual(Array.from({ length: vectors }, (__, index) => index))
    const { attempts } = await untilAttempts(world, policy, 1)
    const calls = await world.simulator.calls()
    expect(attempts.map(({ amount }) => String(amount))).toEqual(calls.map(({ billedNano }) => billedNano))
    for (const { amount, hold } of attempts) expect(amount).toBeLessThanOrEqual(hold)
  })

  it('spend a budget to its last nano-USD, and no further', async () => {
    // Twice "Hello world": 80 nano-USD.
    const { policy, openai } = await client({ limit: '0.000000080' })
    const ask = () => openai.embeddings.create({ model, input: 'Hello world' })
    await ask()
    await ask()
    await expect(ask()).rejects.toMatchObject({ status: 402, code: 'insufficient_quota' })
    const { attempts } = await untilAttempts(world, policy, 2)
    expect(attempts.map(({ hold, amount }) => [hold, amount])).toEqual([
      [40n, 40n],
      [40n, 40n],
    ])
    expect(await world.simulator.calls()).toHaveLength(2)
  })

  it('count in the limits on tokens', async () => {
    const { openai } = await client({ tokensPerMinute: 3 })
    await openai.embeddings.create({ model, input: 'Hello world' })
    await expect(openai.embeddings.create({ model, input: 'Hello world' })).rejects.toMatchObject({ status: 429 })
  })

  it('are counted by ourselves when the provider does not say what it used', async () => {
    const { policy, openai } = await client()
    const input = '[[sim:usage=missing]] Hello world'
    await openai.embeddings.create({ model, input })
    const { attempts } = await untilAttempts(world, policy, 1)
    const calls = await world.simulator.calls()
    expect(attempts.map(({ amount }) => String(amount))).toEqual(calls.map(({ billedNano }) => billedNano))
    expect(attempts[0]?.result.usageSource).toBe('estimated')
  })

  it('of more texts than one of them may be long are no longer than the model reads', async () => {
    const { openai } = await client()
    const answer = await openai.embeddings.create({
      model,
      input: Array.from({ length: 20 }, () => 'word '.repeat(500)),
    })
    expect(answer.data).toHaveLength(20)
  })
})

describe('what is refused', () => {
  it.each<[string, object, string]>([
    ['an empty text', { input: '' }, 'input'],
    ['no inputs', { input: [] }, 'input'],
    ['an empty text among others', { input: ['x', ''] }, 'input[1]'],
    ['tokens that are none', { input: [1, -1] }, 'input'],
    ['more inputs than OpenAI takes', { input: Array.from({ length: 2_049 }, () => 'x') }, 'input'],
    ['a stream', { stream: true }, 'stream'],
    ['a fraction of a dimension', { dimensions: 1.5 }, 'dimensions'],
    ['another tier', { service_tier: 'flex' }, 'service_tier'],
  ])('is %s, by the name of the field, and nothing is sent', async (_, rest, param) => {
    const { openai } = await client()
    const refused = openai.embeddings.create({ model, input: 'x', ...rest } as OpenAI.EmbeddingCreateParams)
    await expect(refused).rejects.toMatchObject({ status: 400, param })
    expect(await world.simulator.calls()).toEqual([])
  })

  it('is a provider that has no embeddings, before anything is sent', async () => {
    const { openai } = await client({ kind: 'deepseek' })
    const refused = openai.embeddings.create({ model, input: 'x' })
    await expect(refused).rejects.toMatchObject({ status: 400, param: 'model' })
    expect(await world.simulator.calls()).toEqual([])
  })

  it('is a chat with a model that has no price for what it writes', async () => {
    const { openai } = await client()
    const messages = [{ role: 'user' as const, content: 'Hi' }]
    await expect(openai.chat.completions.create({ model, messages })).rejects.toMatchObject({ code: 'model_unpriced' })
  })

  it('is an unknown model', async () => {
    const { openai } = await client()
    const refused = openai.embeddings.create({ model: 'text-embedding-9', input: 'x' })
    await expect(refused).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
  })
})
