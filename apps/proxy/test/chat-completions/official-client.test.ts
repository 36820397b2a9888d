import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { aBudget, aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { startWorld, untilAttempts, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.simulator.reset())
afterAll(() => world.stop())

/** The official client as an application has it, with only address and key changed. */
async function client() {
  const policy = aPolicy(world.simulator.url)
  policy.budgets.push(aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }))
  const key = aKey(policy)
  await world.publish(policy, key)
  return { policy, openai: new OpenAI({ apiKey: key.secret, baseURL: `${world.url}/v1` }) }
}

const model = 'gpt-4o-mini'
const tools = [
  {
    type: 'function' as const,
    function: {
      name: 'weather',
      description: 'Weather of a city',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
]

describe('the official client, unchanged', () => {
  it('gets whole answers', async () => {
    const { openai } = await client()
    const messages = [{ role: 'user' as const, content: 'Hi [[sim:say=Hello there]]' }]
    const { data, request_id: requestId } = await openai.chat.completions.create({ model, messages }).withResponse()
    expect(data.choices[0]?.message.content).toBe('Hello there')
    expect(requestId).toMatch(/^req_/)
  })

  it('gets streams', async () => {
    const { openai } = await client()
    const messages = [{ role: 'user' as const, content: 'Hi [[sim:say=one two three]]' }]
    let text = ''
    for await (const chunk of await openai.chat.completions.create({ model, messages, stream: true }))
      text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toBe('one two three')
  })

  it('notices a stream that breaks', async () => {
    const { openai } = await client()
    const messages = [{ role: 'user' as const, content: 'Hi [[sim:tokens=40]] [[sim:cut=3]]' }]
    const read = async () => {
      for await (const chunk of await openai.chat.completions.create({ model, messages, stream: true })) void chunk
    }
    await expect(read()).rejects.toThrow(/broke off before its end/)
  })

  it.each([false, true])('calls tools and hands in their results (stream: %s)', async (stream) => {
    const { policy, openai } = await client()
    const question = { role: 'user' as const, content: 'Weather? [[sim:tool]]' }
    const request = { model, tools, messages: [question] }
    const answer = stream
      ? await openai.chat.completions.stream(request).finalMessage()
      : (await openai.chat.completions.create(request)).choices[0]?.message
    const call = answer?.tool_calls?.[0]
    if (call?.type !== 'function') throw new Error('No function was called')
    expect(call.function.name).toBe('weather')
    expect(JSON.parse(call.function.arguments)).toHaveProperty('city')

    const result = { role: 'tool' as const, tool_call_id: call.id, content: 'Sunny' }
    const messages = [question, { role: 'assistant' as const, tool_calls: [call] }, result]
    await openai.chat.completions.create({ model, tools, messages })
    const { attempts } = await untilAttempts(world, policy, 2)
    const calls = await world.simulator.calls()
    expect(attempts.map(({ amount }) => String(amount))).toEqual(calls.map(({ billedNano }) => billedNano))
    for (const { amount, hold } of attempts) expect(amount).toBeLessThanOrEqual(hold)
  })

  it('passes other parameters on unchanged', async () => {
    const { openai } = await client()
    const completion = await openai.chat.completions.create({
      model,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'x', schema: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] } },
      },
      temperature: 0,
      seed: 7,
      metadata: { session: 'x' },
    })
    expect(JSON.parse(completion.choices[0]?.message.content ?? '')).toHaveProperty('a')
  })
})

describe('what was held', () => {
  it('is never less than what the dearest answer to the same request costs', async () => {
    const { policy, openai } = await client()
    const texts = ['Hi', '<|endoftext|> <|im_start|>', 'äöü 🙂 漢字', 'x'.repeat(3_000), 'a b\n\n\tc '.repeat(200)]
    for (const text of texts)
      await openai.chat.completions.create({
        model,
        tools,
        n: 2,
        max_tokens: 7,
        messages: [
          { role: 'system', content: text, name: 'boss' },
          { role: 'user', content: `${text} [[sim:worst]]` },
        ],
      })
    const { attempts } = await untilAttempts(world, policy, texts.length)
    const calls = await world.simulator.calls()
    expect(attempts.map(({ amount }) => String(amount))).toEqual(calls.map(({ billedNano }) => billedNano))
    expect(calls.map(({ completionTokens }) => completionTokens)).toEqual(texts.map(() => 14))
    for (const { amount, hold } of attempts) expect(amount).toBeLessThanOrEqual(hold)
  })
})
