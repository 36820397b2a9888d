import OpenAI from 'openai'
import type { ResponseInput, ResponseStreamEvent } from 'openai/resources/responses/responses'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Simulated, simulated } from './simulated.ts'

let sim: Simulated
beforeAll(async () => {
  sim = await simulated()
})
afterAll(() => sim.stop())

type Body = OpenAI.Responses.ResponseCreateParamsNonStreaming
type Input = NonNullable<Body['input']>
const ask = (input: Input, rest: Partial<Body> = {}): Body => ({ model: 'gpt-4o', input, ...rest })
const whole = (input: Input, rest: Partial<Body> = {}) => sim.client.responses.create(ask(input, rest))

async function eventsOf(body: Body): Promise<ResponseStreamEvent[]> {
  const events = []
  for await (const event of await sim.client.responses.create({ ...body, stream: true })) events.push(event)
  return events
}

const weather = {
  type: 'function' as const,
  name: 'get_weather',
  strict: false,
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 3, maximum: 3 } },
    required: ['city', 'days'],
  },
}

describe('a whole response', () => {
  it('has the shape of OpenAI, and its bill is that of a chat', async () => {
    const response = await whole('Hello')
    expect(response).toMatchObject({ object: 'response', status: 'completed', model: 'gpt-4o', error: null })
    expect(response.output).toMatchObject([{ type: 'message', role: 'assistant', status: 'completed' }])
    expect(response.output_text).toMatch(/\.$/)
    const output = response.usage?.output_tokens ?? 0
    expect(response.usage).toMatchObject({ input_tokens: 8, total_tokens: 8 + output })
    // USD 2.50 and 10 per million tokens.
    expect((await sim.calls()).at(-1)).toMatchObject({
      dialect: 'openai-responses',
      promptTokens: 8,
      completionTokens: output,
      billedNano: String(8 * 2_500 + output * 10_000),
    })
  })

  it('is incomplete at its cap', async () => {
    expect(await whole('[[sim:worst]]', { max_output_tokens: 16 })).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      usage: { output_tokens: 16 },
    })
  })

  it('calls tools at once, and goes on with their results from items without ids', async () => {
    const called = await whole('Weather? [[sim:tool=2]]', { tools: [weather] })
    const calls = called.output.filter((item) => item.type === 'function_call')
    expect(calls.map(({ name, arguments: args }) => [name, JSON.parse(args).days])).toEqual([
      ['get_weather', 3],
      ['get_weather', 3],
    ])
    const input: ResponseInput = [
      { role: 'user', content: 'Weather? [[sim:tool=2]]' },
      ...calls.map(({ call_id, name, arguments: args }) => ({
        type: 'function_call' as const,
        call_id,
        name,
        arguments: args,
      })),
      ...calls.map(({ call_id }) => ({ type: 'function_call_output' as const, call_id, output: 'Rain' })),
    ]
    expect((await whole(input, { tools: [weather] })).output).toMatchObject([{ type: 'message' }])
    await expect(whole(input.filter((item) => item.type !== 'function_call'))).rejects.toThrow('No tool call found')
  })

  it('follows a JSON schema', async () => {
    const format = { type: 'json_schema' as const, name: 'weather', schema: weather.parameters }
    const response = await whole('Hello', { text: { format } })
    expect(JSON.parse(response.output_text)).toMatchObject({ days: 3 })
  })

  it('reasons, and takes its reasoning back only with the key it was made for', async () => {
    const include: Body['include'] = ['reasoning.encrypted_content']
    const first = await whole('Hello', { model: 'gpt-5.5', store: false, include })
    const [reasoning] = first.output
    expect(reasoning).toMatchObject({ type: 'reasoning', summary: [], encrypted_content: expect.any(String) })
    expect(first.usage?.output_tokens_details.reasoning_tokens).toBeGreaterThanOrEqual(8)
    const input = [
      { role: 'user', content: 'Hello' },
      ...first.output,
      { role: 'user', content: 'And?' },
    ] as ResponseInput
    const next = ask(input, { model: 'gpt-5.5', include })
    expect((await sim.client.responses.create(next)).status).toBe('completed')
    const other = new OpenAI({ baseURL: `${sim.url}/v1`, apiKey: 'sk-another', maxRetries: 0 })
    await expect(other.responses.create(next)).rejects.toMatchObject({
      status: 400,
      code: 'invalid_encrypted_content',
    })
  })
})

describe('a streamed response', () => {
  it('has the items and the usage of the whole one, its events numbered', async () => {
    const bodies = [
      ask('A question'),
      ask('Hello', { model: 'gpt-5.5', reasoning: { effort: 'low', summary: 'auto' } }),
      ask('Weather? [[sim:tool=2]]', { tools: [weather] }),
      ask('[[sim:worst]]', { max_output_tokens: 20 }),
    ]
    for (const body of bodies) {
      const response = await sim.client.responses.create(body)
      const events = await eventsOf(body)
      expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, index) => index))
      const last = events.at(-1)
      if (last?.type !== 'response.completed' && last?.type !== 'response.incomplete') throw new Error('no end')
      const stable = ({ output, usage, status }: OpenAI.Responses.Response) =>
        JSON.parse(JSON.stringify({ output, usage, status }).replaceAll(/(rs|msg|fc)_[0-9a-f]+/g, '$1'))
      expect(stable(last.response)).toEqual(stable(response))
      const done = events.flatMap((event) => (event.type === 'response.output_item.done' ? [event.item] : []))
      expect(done).toEqual(last.response.output)
      const text = events.flatMap((event) => (event.type === 'response.output_text.delta' ? [event.delta] : []))
      expect(text.join('')).toBe(response.output_text)
    }
  })

  it('comes in the order of OpenAI', async () => {
    const types = (await eventsOf(ask('Hello'))).map(({ type }) => type)
    expect(types.filter((type, index) => type !== types[index - 1])).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
  })

  it('fails inside the stream with [[sim:fail=3]]', async () => {
    const last = (await eventsOf(ask('[[sim:fail=3]]'))).at(-1)
    expect(last).toMatchObject({
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'server_error' } },
    })
    expect((await sim.calls()).at(-1)).toMatchObject({ end: 'failed', generatedTokens: 3, completionTokens: 3 })
  })
})

it.each<[string, object, string | null]>([
  ['no input', { model: 'gpt-4o' }, 'input'],
  ['a cap below 16', ask('x', { max_output_tokens: 15 }), 'max_output_tokens'],
  ['an earlier response', ask('x', { previous_response_id: 'resp_1' }), 'previous_response_id'],
  ['a forced tool that is not there', ask('x', { tool_choice: { type: 'function', name: 'x' } }), 'tool_choice'],
])('%s is 400 and names the part at fault', async (_, body, param) => {
  await expect(sim.client.responses.create(body as Body)).rejects.toMatchObject({ status: 400, param })
})
