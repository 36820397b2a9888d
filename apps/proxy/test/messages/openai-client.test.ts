import type OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startWorld, untilAttempts, type World } from '../world/world.ts'
import { clientsOf, model, pixel, weather } from './clients.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.simulator.reset())
afterAll(() => world.stop())

const tool = (name: string) => ({
  type: 'function' as const,
  function: { name, description: weather.description, parameters: weather.input_schema },
})
const says = (content: string) => [{ role: 'user' as const, content }]

describe('OpenAI’s client, with Anthropic as the provider', () => {
  it('gets a whole answer whose usage is the one it is charged for', async () => {
    const { policy, openai } = await clientsOf(world, 'anthropic')
    const messages = [{ role: 'system' as const, content: 'Be kind' }, ...says('Hi [[sim:say=Hello there]]')]
    const completion = await openai.chat.completions.create({ model, messages })
    expect(completion).toMatchObject({ object: 'chat.completion', model, choices: [{ finish_reason: 'stop' }] })
    expect(completion.choices[0]?.message.content).toBe('Hello there')
    const { attempts, requests } = await untilAttempts(world, policy, 1)
    const [attempt] = attempts
    expect(attempt?.result.tokens).toEqual({
      inputUncached: completion.usage?.prompt_tokens,
      outputText: completion.usage?.completion_tokens,
    })
    expect(String(attempt?.amount)).toBe((await world.simulator.calls())[0]?.billedNano)
    expect(requests).toMatchObject([{ dialect: 'openai-chat', status: 200 }])
  })

  it('gets a stream with the same text, and its usage only if it asked', async () => {
    const { policy, openai } = await clientsOf(world, 'anthropic')
    const request = { model, messages: says('Hi [[sim:say=one two three]]'), stream: true as const }
    let text = ''
    for await (const chunk of await openai.chat.completions.create(request)) {
      expect(chunk.choices).toHaveLength(1)
      text += chunk.choices[0]?.delta.content ?? ''
    }
    expect(text).toBe('one two three')
    const usages: (OpenAI.CompletionUsage | null | undefined)[] = []
    const asking = { ...request, stream_options: { include_usage: true } }
    for await (const chunk of await openai.chat.completions.create(asking)) usages.push(chunk.usage)
    const { attempts } = await untilAttempts(world, policy, 2)
    expect(usages.at(-1)).toMatchObject({
      prompt_tokens: attempts[1]?.result.tokens.inputUncached,
      completion_tokens: attempts[1]?.result.tokens.outputText,
    })
  })

  it.each([false, true])('calls two tools at once and hands in their results (stream: %s)', async (stream) => {
    const { policy, openai } = await clientsOf(world, 'anthropic')
    const question = says('Weather? [[sim:tool=2]]')
    const request = { model, tools: [tool('weather'), tool('news')], messages: question }
    const answer = stream
      ? await openai.chat.completions.stream(request).finalMessage()
      : (await openai.chat.completions.create(request)).choices[0]?.message
    const calls = (answer?.tool_calls ?? []).filter((call) => call.type === 'function')
    expect(calls).toHaveLength(2)
    for (const call of calls) expect(JSON.parse(call.function.arguments)).toHaveProperty('city')
    const results = calls.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: 'Sunny' }))
    const messages = [
      ...question,
      { role: 'assistant' as const, tool_calls: calls },
      ...results,
      ...says('So? [[sim:say=Take a walk]]'),
    ]
    const next = await openai.chat.completions.create({ ...request, messages })
    expect(next.choices[0]?.message.content).toBe('Take a walk')
    const { attempts } = await untilAttempts(world, policy, 2)
    for (const { amount, hold } of attempts) expect(amount).toBeLessThanOrEqual(hold)
  })

  it('shows pictures and keeps to a schema', async () => {
    const { openai } = await clientsOf(world, 'anthropic')
    const url = `data:image/png;base64,${pixel}`
    const schema = {
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['a'],
      additionalProperties: false,
    }
    const { choices } = await openai.chat.completions.create({
      model,
      max_tokens: 300,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url } },
            { type: 'text', text: 'A?' },
          ],
        },
      ],
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema, strict: true } },
    })
    expect(JSON.parse(choices[0]?.message.content ?? '')).toHaveProperty('a')
  })

  it('notices a stream that breaks', async () => {
    const { openai } = await clientsOf(world, 'anthropic')
    const read = async () => {
      const messages = says('Hi [[sim:tokens=40]] [[sim:cut=20]]')
      for await (const chunk of await openai.chat.completions.create({ model, messages, stream: true })) void chunk
    }
    await expect(read()).rejects.toThrow(/broke off before its end/)
  })

  it.each<[string, object]>([
    ['n', { n: 2 }],
    ['logprobs', { logprobs: true }],
    ['response_format', { response_format: { type: 'json_object' } }],
    ['temperature', { temperature: 1.5 }],
    ['logit_bias', { logit_bias: { 50: -100 } }],
  ])('is told before anything is sent that "%s" cannot be had', async (param, more) => {
    const { openai } = await clientsOf(world, 'anthropic')
    const refused = await openai.chat.completions
      .create({ model, messages: says('Hi'), ...more } as OpenAI.ChatCompletionCreateParamsNonStreaming)
      .catch((error: unknown) => error)
    expect(refused).toMatchObject({ status: 400, param, code: 'unsupported_parameter' })
    expect(await world.simulator.calls()).toEqual([])
  })
})
