import { describe, expect, it } from 'vitest'
import { Failure } from '@tollkeeper/domain/failure'
import { readChatRequest } from './index.ts'

const good = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] }
const refusal = (change: object) => {
  try {
    readChatRequest({ ...good, ...change })
  } catch (error) {
    if (error instanceof Failure) return { code: error.code, param: error.options.param }
    throw error
  }
  throw new Error('was read')
}
const message = (...messages: object[]) => ({ messages })
const picture = (detail?: string) => ({ type: 'image_url', image_url: { url: 'https://example.org/cat.png', detail } })

describe('reading a chat request', () => {
  it('names what decides the price', () => {
    const body = { ...good, stream: true, stream_options: { include_usage: true }, max_tokens: 16, n: 2, seed: 7 }
    expect(readChatRequest(body)).toEqual({
      dialect: 'openai-chat',
      model: 'gpt-4o-mini',
      messages: body.messages,
      definitions: [],
      hiddenTokens: 0,
      images: { low: 0, other: 0 },
      stream: true,
      wantsUsage: true,
      maxOutputTokens: 16,
      leastOutputTokens: null,
      maxOutputField: 'max_tokens',
      requestedTokens: null,
      choices: 2,
      body,
    })
  })

  it.each([-1, -0, 0, 1.5, '16', true, [], {}, 2 ** 53 + 2])('refuses %j as a number of tokens', (value) => {
    expect(refusal({ max_tokens: value })).toEqual({ code: 'invalid_request', param: 'max_tokens' })
    expect(refusal({ max_completion_tokens: value })).toEqual({
      code: 'invalid_request',
      param: 'max_completion_tokens',
    })
  })

  it.each([-1, -0, 0, 9, 1.5, '2', true, [], {}])('refuses %j answers', (n) => {
    expect(refusal({ n })).toEqual({ code: 'invalid_request', param: 'n' })
  })

  it('takes null for absent', () => {
    expect(readChatRequest({ ...good, max_tokens: null, n: null, stream: null, tools: null })).toMatchObject({
      maxOutputTokens: null,
      choices: 1,
      stream: false,
    })
  })

  it.each<[object, string]>([
    [{ model: 7 }, 'model'],
    [{ model: '' }, 'model'],
    [{ messages: undefined }, 'messages'],
    [{ messages: [] }, 'messages'],
    [{ messages: 'hi' }, 'messages'],
    [{ messages: Array.from({ length: 2_049 }, () => good.messages[0]) }, 'messages'],
    [{ stream: 'true' }, 'stream'],
    [{ stream_options: { include_usage: true } }, 'stream_options'],
    [{ stream: true, stream_options: { include_usage: 'yes' } }, 'include_usage'],
    [{ max_tokens: 1, max_completion_tokens: 1 }, 'max_tokens'],
    [{ temperature: '1' }, 'temperature'],
    [{ temperature: 3 }, 'temperature'],
    [{ tools: {} }, 'tools'],
    [{ tools: Array.from({ length: 129 }, () => ({ type: 'function', function: { name: 'f' } })) }, 'tools'],
    [{ tools: [{ type: 'function' }] }, 'tools[0].function'],
    [{ input: 'hi' }, 'input'],
    [message({ role: 'wizard', content: 'x' }), 'messages[0].role'],
    [message({ role: 'user' }), 'messages[0].content'],
    [message({ role: 'user', content: 7 }), 'messages[0].content'],
    [message({ role: 'user', content: [{ type: 'text', text: 7 }] }), 'messages[0].content[0].text'],
    [message({ role: 'tool', content: 'x', tool_call_id: 'call_1' }), 'messages[0].tool_call_id'],
    [
      message({ role: 'user', content: [{ type: 'image_url', image_url: { url: 'file:///etc/passwd' } }] }),
      'messages[0].content[0].image_url.url',
    ],
    [message({ role: 'system', content: [picture()] }), 'messages[0].content[0].type'],
    [message({ role: 'user', content: Array.from({ length: 501 }, () => picture('low')) }), 'messages'],
    [{ requestedTokens: 0 }, 'requestedTokens'],
    [{ requestedTokens: '100' }, 'requestedTokens'],
  ])('refuses %j', (change, param) => {
    expect(refusal(change)).toEqual({ code: 'invalid_request', param })
  })

  it.each<[object, string]>([
    [{ service_tier: 'priority' }, 'service_tier'],
    [{ service_tier: 'flex' }, 'service_tier'],
    [{ modalities: ['text', 'audio'] }, 'modalities'],
    [{ modalities: 'text' }, 'modalities'],
    [{ prediction: { type: 'content', content: 'x' } }, 'prediction'],
    [{ audio: { voice: 'alloy' } }, 'audio'],
    [{ web_search_options: {} }, 'web_search_options'],
    [{ speed: 'fast' }, 'speed'],
    [{ best_of: 4 }, 'best_of'],
    [{ tools: [{ type: 'web_search' }] }, 'tools[0].type'],
    [message({ role: 'user', content: [{ type: 'input_audio', input_audio: {} }] }), 'messages[0].content[0].type'],
    [message({ role: 'user', content: [picture('original')] }), 'messages[0].content[0].image_url.detail'],
  ])('refuses %j, whose price cannot be bounded', (change, param) => {
    expect(refusal(change)).toEqual({ code: 'unsupported_parameter', param })
  })

  it('counts images apart by whether their detail is low', () => {
    const content = [{ type: 'text', text: 'Which is the cat?' }, picture(), picture('low'), picture('high')]
    expect(readChatRequest({ ...good, messages: [{ role: 'user', content }] }).images).toEqual({ low: 1, other: 2 })
  })

  it('lets harmless and unknown fields pass', () => {
    const body = {
      ...good,
      service_tier: 'auto',
      modalities: ['text'],
      reasoning_effort: 'low',
      something_new: { a: 1 },
    }
    expect(readChatRequest(body).body).toBe(body)
  })

  it('takes a tool result that answers a call', () => {
    const calls = [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }]
    const messages = [
      { role: 'user', content: 'x' },
      { role: 'assistant', content: null, tool_calls: calls },
      { role: 'tool', tool_call_id: 'call_1', content: 'y' },
    ]
    expect(readChatRequest({ ...good, messages }).messages).toHaveLength(3)
  })
})
