import { describe, expect, it } from 'vitest'
import type { Failure } from '@tollkeeper/domain/failure'
import { translateRequest } from '../dialect/index.ts'
import { openAiChat } from '../openai-chat/index.ts'
import { anthropicMessages, readCountRequest } from './index.ts'
import { readUsage } from './usage.ts'

const good = { model: 'claude-haiku-4-5', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] }
const read = anthropicMessages.readRequest

function failureOf(act: () => unknown): Partial<Failure> | undefined {
  try {
    act()
  } catch (error) {
    return error as Failure
  }
  return undefined
}

describe('a request of messages', () => {
  it.each<[string, object, string]>([
    ['without a cap', { max_tokens: undefined }, 'max_tokens'],
    ['with a fast lane', { speed: 'fast' }, 'speed'],
    ['with another region', { inference_geo: 'us' }, 'inference_geo'],
    ['with servers of tools', { mcp_servers: [{ type: 'url', url: 'https://x' }] }, 'mcp_servers'],
    ['with summaries', { context_management: { edits: [{ type: 'compact_20260112' }] } }, 'context_management'],
    [
      'with a search at the provider',
      { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
      'tools[0].type',
    ],
    [
      'with a document',
      { messages: [{ role: 'user', content: [{ type: 'document', source: {} }] }] },
      'messages[0].content[0].type',
    ],
    [
      'with a result of no call',
      { messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'x' }] }] },
      'messages[0].content[0].tool_use_id',
    ],
    [
      'with a picture by an address that is none',
      { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'http://10.0.0.1/' } }] }] },
      'messages[0].content[0].source.url',
    ],
    ['with less thinking than there is', { thinking: { type: 'enabled', budget_tokens: 10 } }, 'budget_tokens'],
    ['of nobody', { messages: [{ role: 'system', content: 'Hi' }] }, 'messages[0].role'],
  ])('%s is refused, naming the field', (_, change, param) => {
    expect(failureOf(() => read({ ...good, ...change }))?.options?.param).toBe(param)
  })

  it('needs no cap to be counted', () => {
    expect(readCountRequest({ ...good, max_tokens: undefined })).toMatchObject({ maxOutputTokens: null })
  })

  it('is never capped below what its thinking needs', () => {
    const thinking = { type: 'enabled', budget_tokens: 2_000 }
    expect(read({ ...good, max_tokens: 3_000, thinking }).leastOutputTokens).toBe(2_001)
  })

  it('is sent with the model and the cap of the attempt, and else as it was written', () => {
    const body = { ...good, top_k: 5, system: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }] }
    const sent = anthropicMessages.upstreamBody(read(body))
    const rendered = sent.render({ model: 'real', capField: 'max_tokens', maxOutputTokens: 7 })
    expect(JSON.parse(rendered.toString())).toEqual({ ...body, model: 'real', max_tokens: 7 })
  })
})

describe('a translation', () => {
  const toChat = (change: object) => translateRequest(read({ ...good, ...change }), anthropicMessages, openAiChat).body
  const toMessages = (change: object) => {
    const chat = openAiChat.readRequest({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...change })
    return translateRequest(chat, openAiChat, anthropicMessages).body
  }
  const tool = { name: 'weather', description: 'Weather', input_schema: { type: 'object', properties: {} } }
  const asFunction = {
    type: 'function',
    function: { name: 'weather', description: 'Weather', parameters: { type: 'object', properties: {} } },
  }

  it('of a message leaves out what concerns Anthropic alone', () => {
    const system = [
      { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.237.b1c; cch=0a1b2;' },
      { type: 'text', text: 'Be kind', cache_control: { type: 'ephemeral', ttl: '1h' } },
    ]
    const thinking = { type: 'adaptive' }
    expect(toChat({ system, thinking, context_management: { edits: [] }, metadata: { user_id: 'u' } })).toEqual({
      model: 'claude-haiku-4-5',
      messages: [
        { role: 'system', content: 'Be kind' },
        { role: 'user', content: 'Hi' },
      ],
      user: 'u',
      max_completion_tokens: 100,
    })
  })

  it('puts the results of tools before what the user says, and pictures of results after it', () => {
    const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA==' } }
    const messages = [
      { role: 'user', content: 'Weather?' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Oslo' } }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: 'Sunny' }, picture] },
          { type: 'text', text: 'So?' },
        ],
      },
    ]
    expect(
      toChat({ messages, tools: [tool], tool_choice: { type: 'any', disable_parallel_tool_use: true } }),
    ).toMatchObject({
      messages: [
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'toolu_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'toolu_1', content: 'Sunny' },
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
            { type: 'text', text: 'So?' },
          ],
        },
      ],
      tools: [asFunction],
      tool_choice: 'required',
      parallel_tool_calls: false,
    })
  })

  it('of a chat and back is the same chat', () => {
    const body = {
      model: 'm',
      messages: [
        { role: 'system', content: 'Be kind' },
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          content: 'Let me see',
          tool_calls: [
            { id: 'call_a', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
            { id: 'call_b', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'call_a', content: 'Sunny' },
        { role: 'tool', tool_call_id: 'call_b', content: 'Rain' },
        { role: 'user', content: 'So?' },
      ],
      tools: [asFunction],
      tool_choice: { type: 'function', function: { name: 'weather' } },
      stop: ['END'],
      temperature: 0.5,
      max_completion_tokens: 50,
      stream: true,
    }
    const there = translateRequest(openAiChat.readRequest(body), openAiChat, anthropicMessages)
    expect(translateRequest(there, anthropicMessages, openAiChat).body).toEqual(body)
  })

  it.each<[string, () => unknown, string]>([
    ['top_k', () => toChat({ top_k: 5 }), 'top_k'],
    ['a field that nobody knows', () => toChat({ something_new: true }), 'something_new'],
    ['five stop sequences', () => toChat({ stop_sequences: ['a', 'b', 'c', 'd', 'e'] }), 'stop_sequences'],
    [
      'the beginning of the answer',
      () => toChat({ messages: [...good.messages, { role: 'assistant', content: 'I' }] }),
      'messages',
    ],
    ['two choices', () => toMessages({ n: 2 }), 'n'],
    ['JSON without a schema', () => toMessages({ response_format: { type: 'json_object' } }), 'response_format'],
    ['a temperature above 1', () => toMessages({ temperature: 1.2 }), 'temperature'],
  ])('is refused for %s, which the other side lacks', (_, act, param) => {
    expect(failureOf(act)).toMatchObject({ code: 'untranslatable', options: { param } })
  })
})

describe('usage', () => {
  it('keeps read and written tokens apart', () => {
    const raw = {
      input_tokens: 10,
      cache_read_input_tokens: 20,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
      output_tokens: 5,
    }
    expect(readUsage(raw)).toEqual({
      kind: 'usage',
      tokens: {
        inputUncached: 10,
        inputCacheRead: 20,
        inputCacheWrite5m: 10,
        inputCacheWrite1h: 20,
        outputText: 5,
      },
    })
  })

  it.each([
    7,
    {},
    { input_tokens: 1 },
    { input_tokens: -1, output_tokens: 1 },
    { input_tokens: 1.5, output_tokens: 1 },
    { input_tokens: 1, output_tokens: 2 ** 31 },
    { input_tokens: 1, output_tokens: 1, cache_creation: { ephemeral_1h_input_tokens: 1 } },
  ])('does not believe %j', (raw) => {
    expect(readUsage(raw)).toEqual({ kind: 'nonsense' })
  })
})
