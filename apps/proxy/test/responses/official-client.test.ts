import { get } from 'node:http'
import OpenAI from 'openai'
import type { ResponseInput, ResponseStreamEvent } from 'openai/resources/responses/responses'
import type { PolicyProvider } from '@tollkeeper/domain/policy'
import { aBudget, aKey, aPolicy } from '@tollkeeper/testbed/builders'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { policyOf } from '../messages/clients.ts'
import { startWorld, untilAttempts, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.simulator.reset())
afterAll(() => world.stop())

/** The official client as an application has it, with only address and key changed. */
async function client(kind: PolicyProvider['kind'] = 'simulator', limit = '10') {
  const policy = aPolicy(world.simulator.url)
  for (const provider of policy.providers) provider.kind = kind
  policy.budgets.push(aBudget({ kind: 'organisation', id: policy.orgId, name: 'Acme' }, limit))
  const key = aKey(policy)
  await world.publish(policy, key)
  return { policy, key, openai: new OpenAI({ apiKey: key.secret, baseURL: `${world.url}/v1` }) }
}
type Client = Awaited<ReturnType<typeof client>>

const model = 'gpt-4o-mini'
const weather = {
  type: 'function' as const,
  name: 'weather',
  strict: false,
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}

type Body = OpenAI.Responses.ResponseCreateParamsNonStreaming
async function eventsOf({ openai }: Client, body: Body): Promise<ResponseStreamEvent[]> {
  const events = []
  for await (const event of await openai.responses.create({ ...body, stream: true })) events.push(event)
  return events
}

const textIn = (events: readonly ResponseStreamEvent[]) =>
  events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('')

/** The tokens and the amounts of the ledger, those of the provider's record beside them. */
async function accounts({ policy }: Client, count: number) {
  const { attempts, requests } = await untilAttempts(world, policy, count)
  const calls = await world.simulator.calls()
  return {
    dialects: requests.map(({ dialect }) => dialect),
    spoken: calls.map(({ dialect }) => dialect),
    ledger: attempts.map(({ amount }) => String(amount)),
    record: calls.map(({ billedNano }) => billedNano),
    holds: attempts.every(({ amount, hold }) => amount <= hold),
  }
}

describe.each([
  ['that speaks the caller’s dialect', 'simulator', 'openai-responses'],
  ['that speaks chat completions', 'openai-compatible', 'openai-chat'],
  ['that speaks messages', 'anthropic', 'anthropic-messages'],
] as const)('responses of a provider %s', (_, kind, spoken) => {
  it('are whole, with the usage that is charged', async () => {
    const asked = await client(kind)
    const { data, request_id: id } = await asked.openai.responses
      .create({ model, instructions: 'Be short.', input: 'Hi [[sim:say=Hello there]]' })
      .withResponse()
    expect(id).toMatch(/^req_/)
    expect(data).toMatchObject({ object: 'response', status: 'completed', output_text: 'Hello there' })
    const { dialects, spoken: heard, ledger, record, holds } = await accounts(asked, 1)
    expect([dialects, heard, holds]).toEqual([['openai-responses'], [spoken], true])
    expect(ledger).toEqual(record)
    const [call] = await world.simulator.calls()
    expect(data.usage).toMatchObject({ input_tokens: call?.promptTokens, output_tokens: 2 })
  })

  it('are streamed, with the text and the usage of the whole ones', async () => {
    const asked = await client(kind)
    const body = { model, input: 'Tell me [[sim:tokens=30]]' }
    const whole = await asked.openai.responses.create(body)
    const events = await eventsOf(asked, body)
    expect(textIn(events)).toBe(whole.output_text)
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, index) => index))
    const last = events.at(-1)
    if (last?.type !== 'response.completed') throw new Error('The stream has no end')
    expect(last.response.usage).toMatchObject({
      input_tokens: whole.usage?.input_tokens,
      output_tokens: whole.usage?.output_tokens,
    })
    expect(last.response.output).toMatchObject([{ type: 'message', content: [{ text: whole.output_text }] }])
    const { ledger, record } = await accounts(asked, 2)
    expect(ledger).toEqual(record)
  })

  it('are streamed to the helper of the client', async () => {
    const { openai } = await client(kind)
    const final = await openai.responses.stream({ model, input: 'Hi [[sim:say=one two three]]' }).finalResponse()
    expect(final.output_text).toBe('one two three')
  })

  it.each([false, true])('call tools, two at once, and take their results (stream: %s)', async (stream) => {
    const asked = await client(kind)
    const question = { role: 'user' as const, content: 'Weather? [[sim:tool=2]]' }
    const body = { model, tools: [weather], input: [question] }
    const answer = stream
      ? await asked.openai.responses.stream(body).finalResponse()
      : await asked.openai.responses.create(body)
    const output: readonly OpenAI.Responses.ResponseOutputItem[] = answer.output
    const calls = output.filter((item) => item.type === 'function_call')
    expect(calls.map(({ name }) => name)).toEqual(['weather', 'weather'])
    for (const { arguments: args } of calls) expect(JSON.parse(args)).toHaveProperty('city')

    // Items without ids, as some clients send them.
    const input: ResponseInput = [
      question,
      ...calls.map(({ call_id, name, arguments: args }) => ({
        type: 'function_call' as const,
        call_id,
        name,
        arguments: args,
      })),
      ...calls.map(({ call_id }) => ({ type: 'function_call_output' as const, call_id, output: 'Sunny' })),
    ]
    const next = await asked.openai.responses.create({ model, tools: [weather], input })
    expect(next.output_text).not.toBe('')
    const { ledger, record, holds } = await accounts(asked, 2)
    expect(ledger).toEqual(record)
    expect(holds).toBe(true)
  })

  it('follow a JSON schema', async () => {
    const { openai } = await client(kind)
    const format = { type: 'json_schema' as const, name: 'x', schema: weather.parameters }
    const response = await openai.responses.create({ model, input: 'Hi', text: { format } })
    expect(JSON.parse(response.output_text)).toHaveProperty('city')
  })

  it('are incomplete at their cap, and say so', async () => {
    const asked = await client(kind)
    const body = { model, input: '[[sim:worst]]', max_output_tokens: 20 }
    const incomplete = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
    expect(await asked.openai.responses.create(body)).toMatchObject({ ...incomplete, usage: { output_tokens: 20 } })
    expect((await eventsOf(asked, body)).at(-1)).toMatchObject({ type: 'response.incomplete', response: incomplete })
  })

  it.each(['[[sim:cut=3]]', '[[sim:cut=3;close]]', '[[sim:fail=3]]'])(
    'that break with %s end in a failure which the client sees, and are charged for what was written',
    async (mark) => {
      const asked = await client(kind)
      const events = await eventsOf(asked, { model, input: `Hi [[sim:tokens=40]] ${mark}` })
      expect(textIn(events)).not.toBe('')
      expect(events.at(-1)).toMatchObject({
        type: 'response.failed',
        sequence_number: events.length - 1,
        response: { status: 'failed', error: { message: expect.stringContaining('broke off before its end') } },
      })
      const { ledger, record } = await accounts(asked, 1)
      expect(ledger).toEqual(record)
    },
  )

  it('are refused once when the money is used up', async () => {
    const { openai } = await client(kind, '0.000001')
    const refused = openai.responses.create({ model, input: 'Hi' })
    await expect(refused).rejects.toMatchObject({ status: 402, code: 'insufficient_quota' })
    expect(await world.simulator.calls()).toEqual([])
  })
})

describe('a model that only its own maker’s dialect reaches', () => {
  it('answers too, its input bounded by bytes', async () => {
    const policy = policyOf(world, 'anthropic')
    const key = aKey(policy)
    await world.publish(policy, key)
    const openai = new OpenAI({ apiKey: key.secret, baseURL: `${world.url}/v1` })
    const input = 'Hi [[sim:tokens=20]]'
    const whole = await openai.responses.create({ model: 'claude-haiku-4-5', input })
    const events = await eventsOf({ policy, key, openai }, { model: 'claude-haiku-4-5', input })
    expect(textIn(events)).toBe(whole.output_text)
    const { ledger, record, holds } = await accounts({ policy, key, openai }, 2)
    expect(ledger).toEqual(record)
    expect(holds).toBe(true)
  })
})

describe('reasoning', () => {
  it('passes through sealed, is billed, and comes back', async () => {
    const asked = await client()
    const include: Body['include'] = ['reasoning.encrypted_content']
    const reasoning = { effort: 'low' as const }
    const first = await asked.openai.responses.create({ model, reasoning, store: false, include, input: 'Hi' })
    expect(first.output[0]).toMatchObject({ type: 'reasoning', encrypted_content: expect.any(String) })
    expect(first.usage?.output_tokens_details.reasoning_tokens).toBeGreaterThan(0)
    const input = [{ role: 'user', content: 'Hi' }, ...first.output, { role: 'user', content: 'And?' }] as ResponseInput
    expect((await asked.openai.responses.create({ model, reasoning, input })).status).toBe('completed')
    const { ledger, record, holds } = await accounts(asked, 2)
    expect(ledger).toEqual(record)
    expect(holds).toBe(true)
  })
})

describe('what the provider kept', () => {
  it('is gone on from, held as all that the model reads, and charged as it was', async () => {
    const asked = await client()
    const first = await asked.openai.responses.create({ model, input: 'Hi [[sim:say=Hello there]]' })
    const next = { model, input: 'And? [[sim:say=Yes]]', max_output_tokens: 20, previous_response_id: first.id }
    expect((await asked.openai.responses.create(next)).output_text).toBe('Yes')
    const events = await eventsOf(asked, next)
    expect(textIn(events)).toBe('Yes')
    const { ledger, record } = await accounts(asked, 3)
    expect(ledger).toEqual(record)
    const { attempts } = await untilAttempts(world, asked.policy, 3)
    // 128,000 tokens of context at 150 nano-USD, 20 written at 600.
    expect(attempts[1]?.hold).toBe(128_000n * 150n + 20n * 600n)
  })

  it('is referred to item by item, also a call whose result is handed in', async () => {
    const asked = await client()
    const question = { role: 'user' as const, content: 'Weather? [[sim:tool]]' }
    const first = await asked.openai.responses.create({ model, tools: [weather], input: [question] })
    const [call] = first.output
    if (call?.type !== 'function_call') throw new Error('No function was called')
    const input: ResponseInput = [
      question,
      { type: 'item_reference', id: call.id ?? '' },
      { type: 'function_call_output', call_id: call.call_id, output: 'Sunny' },
    ]
    expect((await asked.openai.responses.create({ model, tools: [weather], input })).output_text).not.toBe('')
    const { ledger, record } = await accounts(asked, 2)
    expect(ledger).toEqual(record)
  })

  it('is refused once when all that the model reads is more than the budget has', async () => {
    const { openai } = await client('simulator', '0.01')
    const refused = openai.responses.create({ model, input: 'And?', previous_response_id: 'resp_1' })
    await expect(refused).rejects.toMatchObject({ status: 402 })
    expect(await world.simulator.calls()).toEqual([])
  })

  it('is refused by name where the provider is asked in another dialect', async () => {
    const { openai } = await client('openai-compatible')
    const refused = openai.responses.create({ model, input: 'And?', previous_response_id: 'resp_1' })
    await expect(refused).rejects.toMatchObject({ status: 400, param: 'previous_response_id' })
  })
})

describe('what was held', () => {
  it('is never less than what the dearest answer to the same request costs', async () => {
    const asked = await client()
    const texts = ['Hi', '<|endoftext|> <|im_start|>', 'äöü 🙂 漢字', 'x'.repeat(3_000), 'a b\n\n\tc '.repeat(200)]
    for (const text of texts)
      await asked.openai.responses.create({
        model,
        tools: [weather],
        instructions: text,
        max_output_tokens: 16,
        input: `${text} [[sim:worst]]`,
      })
    const { ledger, record, holds } = await accounts(asked, texts.length)
    expect(ledger).toEqual(record)
    expect(holds).toBe(true)
  })
})

describe('what is refused', () => {
  it.each<[string, object, string]>([
    ['a prompt that the provider keeps', { prompt: { id: 'pmpt_1' } }, 'prompt'],
    ['a reference to nothing', { input: [{ type: 'item_reference' }] }, 'input[0].id'],
    ['a tool of the provider', { tools: [{ type: 'web_search' }] }, 'tools[0].type'],
    [
      'a file',
      { input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'f' }] }] },
      'input[0].content[0].type',
    ],
    ['work in the background', { background: true }, 'background'],
    ['another tier', { service_tier: 'priority' }, 'service_tier'],
    ['no input', { input: null }, 'input'],
    [
      'an output without its call',
      { input: [{ type: 'function_call_output', call_id: 'c', output: 'x' }] },
      'input[0].call_id',
    ],
    ['a cap below 16', { max_output_tokens: 15 }, 'max_output_tokens'],
  ])('is %s, by the name of the field, and nothing is sent', async (_, rest, param) => {
    const { openai } = await client()
    const refused = openai.responses.create({ model, input: 'Hi', ...rest } as Body)
    await expect(refused).rejects.toMatchObject({ status: 400, param })
    expect(await world.simulator.calls()).toEqual([])
  })

  it('is a WebSocket, so that clients fall back', async () => {
    const { key } = await client()
    const headers = { authorization: `Bearer ${key.secret}`, connection: 'Upgrade', upgrade: 'websocket' }
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const asked = get(`${world.url}/v1/responses`, { headers }, (answer) => resolve(answer.resume().statusCode))
      asked.on('error', reject)
      asked.on('upgrade', () => reject(new Error('It was upgraded')))
    })
    expect(status).toBe(405)
  })
})

describe('a body of responses on the path of chat completions', () => {
  it.each([false, true])('is answered as a chat (stream: %s)', async (stream) => {
    const asked = await client()
    const answer = await fetch(`${world.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${asked.key.secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model,
        input: [
          { role: 'system', content: 'Be short.' },
          { role: 'user', content: [{ type: 'input_text', text: 'Hi [[sim:say=Hello]]' }] },
        ],
        tools: [weather],
        stream,
      }),
    })
    const text = await answer.text()
    if (stream) expect(text).toMatch(/"object":"chat\.completion\.chunk"[\s\S]*"content":"Hello"[\s\S]*\[DONE\]/)
    else
      expect(JSON.parse(text)).toMatchObject({
        object: 'chat.completion',
        choices: [{ message: { content: 'Hello' } }],
      })
    const { ledger, record, spoken } = await accounts(asked, 1)
    expect(spoken).toEqual(['openai-chat'])
    expect(ledger).toEqual(record)
  })
})
