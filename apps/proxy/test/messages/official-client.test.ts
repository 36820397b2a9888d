import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { TokenCounts } from '@tollkeeper/domain/price'
import { startWorld, untilAttempts, type World } from '../world/world.ts'
import { clientsOf, model, pixel, weather } from './clients.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.simulator.reset())
afterAll(() => world.stop())

const says = (content: Anthropic.MessageParam['content']) => [{ role: 'user' as const, content }]
const textOf = ({ content }: Anthropic.Message) =>
  content.map((block) => (block.type === 'text' ? block.text : '')).join('')
const callsOf = ({ content }: Anthropic.Message) => content.filter((block) => block.type === 'tool_use')

/** Usage as the client saw it, in the classes of the ledger. */
const countsOf = ({ usage }: Pick<Anthropic.Message, 'usage'>): TokenCounts => {
  const counts: TokenCounts = { inputUncached: usage.input_tokens, outputText: usage.output_tokens }
  if (usage.cache_read_input_tokens) counts.inputCacheRead = usage.cache_read_input_tokens
  const fiveMinutes = usage.cache_creation?.ephemeral_5m_input_tokens
  const hour = usage.cache_creation?.ephemeral_1h_input_tokens
  if (fiveMinutes) counts.inputCacheWrite5m = fiveMinutes
  if (hour) counts.inputCacheWrite1h = hour
  return counts
}

/** At Anthropic its bytes pass on; at the other every request and answer is translated. */
describe.each(['anthropic', 'openai-compatible'] as const)(
  'Anthropic’s client, with a provider of the kind %s',
  (kind) => {
    const ask = async (request: Partial<Anthropic.MessageCreateParamsNonStreaming>, stream: boolean) => {
      const { policy, anthropic } = await clientsOf(world, kind)
      const params = { model, max_tokens: 300, messages: says('Hi'), ...request }
      const message = stream
        ? await anthropic.messages.stream(params).finalMessage()
        : await anthropic.messages.create(params)
      const { attempts, requests } = await untilAttempts(world, policy, 1)
      return { message, policy, attempts, requests }
    }

    it.each([false, true])('gets an answer whose usage is the one it is charged for (stream: %s)', async (stream) => {
      const { message, attempts, requests } = await ask(
        { system: 'Be kind', messages: says('Hi [[sim:say=Hello there]]') },
        stream,
      )
      expect(message).toMatchObject({ type: 'message', role: 'assistant', model, stop_reason: 'end_turn' })
      expect(textOf(message)).toBe('Hello there')
      expect(message.id).toMatch(/^msg_/)
      const [attempt] = attempts
      expect(attempt?.result).toMatchObject({ outcome: 'answered', usageSource: 'reported', tokens: countsOf(message) })
      const [call] = await world.simulator.calls()
      expect(String(attempt?.amount)).toBe(call?.billedNano)
      expect(requests).toMatchObject([{ dialect: 'anthropic-messages', status: 200, stream }])
    })

    it.each([false, true])('calls two tools at once and hands in their results (stream: %s)', async (stream) => {
      const { policy, anthropic } = await clientsOf(world, kind)
      const question = { role: 'user' as const, content: 'Weather? [[sim:tool=2]]' }
      const request = { model, max_tokens: 300, tools: [weather, { ...weather, name: 'news' }], messages: [question] }
      const message = stream
        ? await anthropic.messages.stream(request).finalMessage()
        : await anthropic.messages.create(request)
      const calls = callsOf(message)
      expect(message.stop_reason).toBe('tool_use')
      expect(calls).toHaveLength(2)
      expect(new Set(calls.map(({ id }) => id)).size).toBe(2)
      for (const { input } of calls) expect(input).toHaveProperty('city')

      const results = calls.map(({ id }, index) => ({
        type: 'tool_result' as const,
        tool_use_id: id,
        content: index === 0 ? 'Sunny' : [{ type: 'text' as const, text: 'Nothing new' }],
      }))
      const answer = await anthropic.messages.create({
        ...request,
        messages: [
          question,
          { role: 'assistant', content: message.content },
          { role: 'user', content: [...results, { type: 'text', text: 'So? [[sim:say=Take a walk]]' }] },
        ],
      })
      expect(textOf(answer)).toBe('Take a walk')
      const { attempts } = await untilAttempts(world, policy, 2)
      const billed = (await world.simulator.calls()).map(({ billedNano }) => billedNano)
      expect(attempts.map(({ amount }) => String(amount))).toEqual(billed)
      for (const { amount, hold } of attempts) expect(amount).toBeLessThanOrEqual(hold)
    })

    it('shows pictures, keeps to a schema and stops at the cap', async () => {
      const { policy, anthropic } = await clientsOf(world, kind)
      const source = { type: 'base64' as const, media_type: 'image/png' as const, data: pixel }
      const seen = await anthropic.messages.create({
        model,
        max_tokens: 5,
        messages: says([
          { type: 'image', source },
          { type: 'text', text: 'What is it? [[sim:tokens=50]]' },
        ]),
      })
      expect(seen).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 5 } })
      const schema = {
        type: 'object',
        properties: { a: { type: 'string' } },
        required: ['a'],
        additionalProperties: false,
      }
      const shaped = await anthropic.messages.create({
        model,
        max_tokens: 300,
        messages: says('A?'),
        output_config: { format: { type: 'json_schema', schema } },
      })
      expect(JSON.parse(textOf(shaped))).toHaveProperty('a')
      const { attempts } = await untilAttempts(world, policy, 2)
      for (const { amount, hold } of attempts) expect(amount).toBeLessThanOrEqual(hold)
    })

    it('notices a stream that breaks, and pays for what was written', async () => {
      const { policy, anthropic } = await clientsOf(world, kind)
      const request = { model, max_tokens: 300, messages: says('Hi [[sim:tokens=40]] [[sim:cut=20]]') }
      await expect(anthropic.messages.stream(request).finalMessage()).rejects.toThrow(/broke off before its end/)
      const { attempts } = await untilAttempts(world, policy, 1)
      expect(attempts).toMatchObject([{ result: { outcome: 'stream-broke', usageSource: 'estimated' } }])
      expect(attempts[0]?.amount).toBeGreaterThan(0n)
    })

    it('is refused for money with 402, in its own words, and does not ask again', async () => {
      const { anthropic } = await clientsOf(world, kind, '0.000001')
      const refused = await anthropic.messages
        .create({ model, max_tokens: 300, messages: says('Hi') })
        .catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(Anthropic.APIError)
      expect(refused).toMatchObject({ status: 402, type: 'billing_error', requestID: expect.stringMatching(/^req_/) })
      expect(await world.simulator.calls()).toEqual([])
    })
  },
)

describe.each(['anthropic', 'openai-compatible'] as const)('what was held at a provider of the kind %s', (kind) => {
  it('is never less than what the dearest answer to the same request costs', async () => {
    const { policy, anthropic } = await clientsOf(world, kind)
    const texts = ['Hi', '<|endoftext|> \\n\\nHuman:', 'äöü 🙂 漢字', 'x'.repeat(3_000), 'a b\n\n\tc '.repeat(200)]
    for (const text of texts)
      await anthropic.messages.create({
        model,
        max_tokens: 7,
        system: [{ type: 'text', text, cache_control: { type: 'ephemeral', ttl: '1h' } }],
        tools: [weather],
        tool_choice: { type: 'none' },
        messages: [
          { role: 'user', content: text },
          { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: text } }] },
          {
            role: 'user',
            content: [
              { type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text }] },
              { type: 'text', text: `${text} [[sim:worst]]` },
            ],
          },
        ],
      })
    const { attempts } = await untilAttempts(world, policy, texts.length)
    const calls = await world.simulator.calls()
    expect(attempts.map(({ amount }) => String(amount))).toEqual(calls.map(({ billedNano }) => billedNano))
    expect(calls.map(({ completionTokens }) => completionTokens)).toEqual(texts.map(() => 7))
    for (const { amount, hold } of attempts) expect(amount).toBeLessThanOrEqual(hold)
  })
})

describe('a native answer of Anthropic', () => {
  it('tells tokens read from its cache and written to it for 5 minutes and an hour apart, at their own prices', async () => {
    const { policy, anthropic } = await clientsOf(world, 'anthropic')
    const long = 'All that is known about tolls. '.repeat(1_000)
    const system = (ttl: '5m' | '1h', text: string) => [
      { type: 'text' as const, text, cache_control: { type: 'ephemeral' as const, ttl } },
    ]
    const request = { model, max_tokens: 20, messages: says('Hi') }
    const messages = [
      await anthropic.messages.create({ ...request, system: system('5m', long) }),
      await anthropic.messages.create({ ...request, system: system('5m', long) }),
      await anthropic.messages.stream({ ...request, system: system('1h', `Longer: ${long}`) }).finalMessage(),
    ]
    const { attempts } = await untilAttempts(world, policy, 3)
    expect(attempts.map(({ result }) => result.tokens)).toEqual(messages.map(countsOf))
    expect(attempts[0]?.result.tokens.inputCacheWrite5m).toBeGreaterThan(5_000)
    expect(attempts[1]?.result.tokens.inputCacheRead).toBeGreaterThan(5_000)
    expect(attempts[2]?.result.tokens.inputCacheWrite1h).toBeGreaterThan(5_000)
    const billed = (await world.simulator.calls()).map(({ billedNano }) => billedNano)
    expect(attempts.map(({ amount }) => String(amount))).toEqual(billed)
    for (const { amount, hold } of attempts) expect(amount).toBeLessThanOrEqual(hold)
  })

  it('thinks before it speaks, and is handed its thoughts again', async () => {
    const { anthropic } = await clientsOf(world, 'anthropic')
    const request = { model, max_tokens: 3_000, thinking: { type: 'enabled' as const, budget_tokens: 1_024 } }
    const question = says('Hi [[sim:say=Hello]]')
    const message = await anthropic.messages.stream({ ...request, messages: question }).finalMessage()
    expect(message.content.map(({ type }) => type)).toEqual(['thinking', 'text'])
    const messages = [...question, { role: 'assistant' as const, content: message.content }, ...says('And?')]
    expect((await anthropic.messages.create({ ...request, messages })).type).toBe('message')
  })
})

describe('counting tokens', () => {
  it.each(['anthropic', 'openai-compatible'] as const)('costs nothing (%s)', async (kind) => {
    const { policy, anthropic } = await clientsOf(world, kind)
    const request = { model, system: 'Be kind', messages: says('How long is this?') }
    const { input_tokens: count } = await anthropic.messages.countTokens(request)
    const { usage } = await anthropic.messages.create({ ...request, max_tokens: 10 })
    if (kind === 'anthropic') expect(count).toBe(usage.input_tokens)
    else expect(count).toBeGreaterThanOrEqual(usage.input_tokens)
    const { attempts } = await untilAttempts(world, policy, 1)
    expect(attempts).toHaveLength(1)
  })
})
