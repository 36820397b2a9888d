import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Simulated, simulated } from '../simulated.ts'

let sim: Simulated
let claude: Anthropic
beforeAll(async () => {
  sim = await simulated()
  claude = new Anthropic({ baseURL: sim.url, apiKey: 'sk-ant-simulated-1234', maxRetries: 0 })
})
afterAll(() => sim.stop())

type Body = Omit<Anthropic.MessageCreateParamsNonStreaming, 'stream'>
const ask = (content: Anthropic.MessageParam['content'], rest: Partial<Body> = {}): Body => ({
  model: 'claude-haiku-4-5',
  max_tokens: 500,
  messages: [{ role: 'user', content }],
  ...rest,
})
const whole = (content: Anthropic.MessageParam['content'], rest: Partial<Body> = {}) =>
  claude.messages.create(ask(content, rest))

const tool = (name: string) => ({
  name,
  input_schema: {
    type: 'object' as const,
    properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 3, maximum: 3 } },
    required: ['city', 'days'],
  },
})

async function eventsOf(body: Body) {
  const events: Anthropic.RawMessageStreamEvent[] = []
  for await (const event of await claude.messages.create({ ...body, stream: true })) events.push(event)
  return events
}

/** The types of the events of a raw stream, runs of one type once. */
async function orderOf(body: Body): Promise<string[]> {
  const answer = await raw({ ...body, stream: true })
  const names = [...(await answer.text()).matchAll(/^event: (\w+)$/gm)].map(([, name = '']) => name)
  return names.filter((name, index) => name !== names[index - 1])
}

const raw = (
  body: object,
  headers: Record<string, string> = { 'anthropic-version': '2023-06-01' },
  path = 'messages',
) =>
  fetch(`${sim.url}/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

describe('a whole message', () => {
  it('has the shape of Anthropic and counts a prompt of one word as 8 tokens', async () => {
    const message = await whole('Hello')
    expect(message).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: 'claude-haiku-4-5',
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 8, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
    })
    expect(message.id).toMatch(/^msg_[0-9a-f]{24}$/)
    expect(message.content).toMatchObject([{ type: 'text', text: expect.stringMatching(/\.$/) }])
  })

  it('stops at the cap, or at a stop sequence, and says which', async () => {
    expect(await whole('Hello', { max_tokens: 5 })).toMatchObject({
      stop_reason: 'max_tokens',
      usage: { output_tokens: 5 },
    })
    const stopped = await whole('[[sim:say=one two three]]', { stop_sequences: ['never', ' two'] })
    expect(stopped).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: ' two', usage: { output_tokens: 2 } })
    expect(stopped.content).toMatchObject([{ type: 'text', text: 'one' }])
  })

  it('calls two tools at once, and goes on when both have their results', async () => {
    const tools = [tool('get_weather'), tool('get_tides')]
    const called = await whole('Weather? [[sim:tool=2]]', { tools })
    expect(called.stop_reason).toBe('tool_use')
    const calls = called.content.filter((block) => block.type === 'tool_use')
    expect(calls.map(({ name, input }) => [name, (input as { days: number }).days])).toEqual([
      ['get_weather', 3],
      ['get_tides', 3],
    ])
    const results = calls.map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id, content: 'Rain' }))
    const turn = (given: typeof results): Anthropic.MessageParam[] => [
      { role: 'user', content: 'Weather? [[sim:tool=2]]' },
      { role: 'assistant', content: called.content },
      { role: 'user', content: given },
    ]
    expect((await whole('', { tools, messages: turn(results) })).stop_reason).toBe('end_turn')
    await expect(whole('', { tools, messages: turn(results.slice(1)) })).rejects.toThrow(
      `messages.1: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${calls[0]?.id}`,
    )
  })

  it('thinks when asked to, and knows its own thinking again', async () => {
    const thinking = { type: 'enabled' as const, budget_tokens: 1_024 }
    const message = await whole('Hello', { thinking, max_tokens: 2_000 })
    expect(message.content.map(({ type }) => type)).toEqual(['thinking', 'text'])
    const next = (content: Anthropic.ContentBlockParam[]) =>
      whole('', {
        messages: [
          { role: 'user', content: 'Hello' },
          { role: 'assistant', content },
          { role: 'user', content: 'And?' },
        ],
      })
    expect((await next(message.content)).stop_reason).toBe('end_turn')
    await expect(next([{ type: 'thinking', thinking: 'Mine', signature: 'bm8=' }])).rejects.toThrow(
      'messages.1.content.0: Invalid `signature` in `thinking` block',
    )
  })

  it('follows a JSON schema', async () => {
    const message = await whole('Hello', {
      output_config: { format: { type: 'json_schema', schema: tool('x').input_schema } },
    })
    const [block] = message.content
    expect(JSON.parse(block?.type === 'text' ? block.text : '')).toMatchObject({ days: 3 })
  })
})

describe('a streamed message', () => {
  it('has the blocks, the reason and the usage of the whole one', async () => {
    const bodies = [
      ask('A question'),
      ask('Hello', { thinking: { type: 'enabled', budget_tokens: 1_024 }, max_tokens: 2_000 }),
      ask('Weather? [[sim:tool=3]]', { tools: [tool('get_weather'), tool('get_tides')] }),
      ask('[[sim:tokens=0]]'),
    ]
    for (const body of bodies) {
      const message = await claude.messages.create(body)
      const streamed = await claude.messages.stream(body).finalMessage()
      const stable = ({ content, stop_reason, usage }: Anthropic.Message) => ({
        content: content.map((block) => ({ ...block })),
        stop_reason,
        tokens: [usage.input_tokens, usage.output_tokens],
      })
      expect(stable(streamed)).toEqual(stable(message))
    }
  })

  it('comes in the order of Anthropic, with the input in its first event', async () => {
    expect(await orderOf(ask('Hello', { thinking: { type: 'adaptive' } }))).toEqual([
      'message_start',
      'content_block_start',
      'ping',
      'content_block_delta',
      'content_block_stop',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
    const [start] = await eventsOf(ask('Hello'))
    expect(start).toMatchObject({ type: 'message_start', message: { content: [], usage: { input_tokens: 8 } } })
  })

  it('breaks after 4 tokens with [[sim:cut=4]], and the client sees it', async () => {
    await expect(eventsOf(ask('[[sim:cut=4]]'))).rejects.toThrow('terminated')
    expect((await sim.calls()).at(-1)).toMatchObject({
      dialect: 'anthropic-messages',
      end: 'cut',
      generatedTokens: 4,
      completionTokens: 4,
    })
  })
})

describe('refusals', () => {
  it('have the shape of Anthropic, and the id of the header', async () => {
    const answer = await raw(ask('[[sim:status=529;retry-after=soon]]'))
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([529, 'soon'])
    expect(await answer.json()).toEqual({
      type: 'error',
      error: { type: 'overloaded_error', message: 'The simulator was told to answer 529.' },
      request_id: answer.headers.get('request-id'),
    })
  })

  it.each<[string, object, Record<string, string> | undefined, string]>([
    ['no version', ask('x'), {}, 'anthropic-version: header is required'],
    ['an unknown version', ask('x'), { 'anthropic-version': '2020-01-01' }, 'is not a valid version'],
    ['no max_tokens', { ...ask('x'), max_tokens: undefined }, undefined, 'max_tokens: '],
    ['max_tokens above the model', { ...ask('x'), max_tokens: 64_001 }, undefined, 'max_tokens: 64001 > 64000'],
    ['an empty text', ask([{ type: 'text', text: '' }]), undefined, 'messages.0.content'],
    ['the assistant first', ask('', { messages: [{ role: 'assistant', content: 'x' }] }), undefined, 'messages: first'],
    ['a role of others', { ...ask('x'), messages: [{ role: 'tool', content: 'x' }] }, undefined, 'messages.0.role'],
    ['a forced tool without tools', ask('x', { tool_choice: { type: 'any' } }), undefined, 'tool_choice: '],
  ])('%s is 400 and names the part at fault', async (_, body, headers, message) => {
    const answer = await raw(body, headers)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({
      error: { type: 'invalid_request_error', message: expect.stringContaining(message) },
    })
  })

  it('are 404 for an unknown model and 401 for another key', async () => {
    await expect(whole('x', { model: 'claude-9' })).rejects.toBeInstanceOf(Anthropic.NotFoundError)
    await sim.behave({ requiredKey: 'sk-ant-other' })
    await expect(whole('x')).rejects.toBeInstanceOf(Anthropic.AuthenticationError)
    await sim.behave({ requiredKey: 'sk-ant-simulated-1234' })
    expect((await whole('x')).type).toBe('message')
    await sim.behave({ requiredKey: null })
  })
})

it('tells what is left of the limits, with times', async () => {
  const answer = await raw(ask('Hello'))
  expect(answer.headers.get('anthropic-ratelimit-requests-limit')).toBe('30000')
  expect(answer.headers.get('anthropic-ratelimit-output-tokens-reset')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
})

it('counts what a request would read, and bills nothing for it', async () => {
  const before = (await sim.totals()).calls
  const { system, ...rest } = { ...ask('Hello'), system: 'Hello' }
  expect(await claude.messages.countTokens({ model: rest.model, messages: rest.messages, system })).toEqual({
    input_tokens: 13,
  })
  expect((await claude.messages.create({ ...rest, system })).usage.input_tokens).toBe(13)
  expect((await sim.totals()).calls).toBe(before + 1)
})

it('lists its models as Anthropic does to those who say the version', async () => {
  const page = await claude.models.list({ limit: 5 })
  expect([page.data.length, page.has_more, page.last_id]).toEqual([5, true, 'claude-opus-4-8'])
  const all = []
  for await (const model of claude.models.list({ limit: 2 })) all.push(model.id)
  expect(all).toContain('claude-haiku-4-5')
  expect(await claude.models.retrieve('gpt-4o')).toMatchObject({ type: 'model', created_at: '2024-05-13T00:00:00Z' })
})
