import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChatRequest } from '@tollkeeper/domain/chat'
import { openAiChat } from '@tollkeeper/wire/openai-chat'
import { bytesBound, inputTokens, loadEncoding, outputTokens } from '../src/index.ts'
import { slicesOf } from '../src/tokens/pieces.ts'

const request = (messages: ChatRequest['messages'], definitions: unknown[] = []): ChatRequest => ({
  dialect: 'openai-chat',
  model: 'm',
  messages,
  definitions,
  stream: false,
  wantsUsage: false,
  maxOutputTokens: null,
  leastOutputTokens: null,
  maxOutputField: 'max_tokens',
  hiddenTokens: 0,
  images: { low: 0, other: 0 },
  requestedTokens: null,
  choices: 1,
  body: { model: 'm', messages, ...(definitions.length > 0 && { tools: definitions[0] }) },
})
const user = (content: string) => request([{ role: 'user', content }])

describe('input tokens', () => {
  it.each<[string, ChatRequest, number]>([
    // 3 priming + 3 framing + 1 role + 2 text
    ['one message', user('Hello world'), 9],
    ['an empty message', user(''), 7],
    [
      'two messages',
      request([
        { role: 'system', content: 'Be brief' },
        { role: 'user', content: 'Hi' },
      ]),
      14,
    ],
    ['a name', request([{ role: 'user', content: 'Hi', name: 'Bob' }]), 10],
    [
      'parts',
      request([
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Hello' },
            { type: 'text', text: ' world' },
          ],
        },
      ]),
      9,
    ],
    // "<|endoftext|>" as the text it looks like, not as the token it names
    ['a special token', user('<|endoftext|>'), 14],
  ])('of %s', async (_, chat, tokens) => {
    expect(await inputTokens(chat, 'o200k_base')).toBe(tokens)
  })

  it('count tools as JSON', async () => {
    const tools = [{ type: 'function', function: { name: 'f' } }]
    const json = await outputTokens([JSON.stringify(tools)], 'o200k_base')
    expect(await inputTokens(request([{ role: 'user', content: 'Hello world' }], [tools]), 'o200k_base')).toBe(
      9 + 8 + json,
    )
  })

  it('are bytes where no encoding is known', async () => {
    // 3 + 3 + "user" + the two bytes of "ä"
    expect(await inputTokens(user('ä'), 'bytes')).toBe(12)
  })

  it('are counted within a second for a word of 100,000 letters', async () => {
    await loadEncoding('o200k_base')
    expect(await inputTokens(user('a'.repeat(100_000)), 'o200k_base')).toBeGreaterThan(10_000)
  }, 1_000)

  it('are the same for a long text, which is counted in slices', async () => {
    const count = await loadEncoding('o200k_base')
    const text = 'The quick brown fox, aged 3, jumps over\n\n the lazy dog.  Twice! '.repeat(2_000)
    let whole = 0
    for (const part of text.match(/[\s\S]{1,60000}(?= The|$)/g) ?? []) whole += count(part)
    expect(await inputTokens(user(text), 'o200k_base')).toBe(7 + whole)
  })

  it('are the same in slices as in one piece', async () => {
    const count = await loadEncoding('o200k_base')
    const piece = fc.constantFrom(
      ' ',
      '  ',
      '\n',
      '\n\n',
      '\t',
      '!',
      '...',
      "it's",
      'Ünïcödé',
      '漢字',
      '🙂',
      '1234',
      'word',
      ' \n ',
      '/',
    )
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 20, maxLength: 200 }),
        fc.integer({ min: 1, max: 40 }),
        (pieces, size) => {
          const text = pieces.join('')
          const slices = [...slicesOf(text, size)]
          expect(slices.join('')).toBe(text)
          expect(slices.reduce((sum, slice) => sum + count(slice), 0)).toBe(count(text))
        },
      ),
    )
  })

  it('are counted no further than is needed', async () => {
    const tokens = await inputTokens(user('hello world '.repeat(1_000_000)), 'o200k_base', 10_000)
    expect(tokens).toBeGreaterThan(10_000)
    expect(tokens).toBeLessThan(20_000)
  }, 1_000)

  it('never pass the bound that the length of the body gives', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.constantFrom('ä', '🙂', '<|endoftext|>', '\n\n'),
    )
    const message = fc.record({ role: fc.constantFrom('user', 'assistant', 'developer'), content: text, name: text })
    await loadEncoding('o200k_base')
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 5 }), fc.jsonValue(), async (messages, tool) => {
        const chat = request(messages, [[tool]])
        const bound = bytesBound(openAiChat.upstreamBody(chat).bytes)
        for (const encoding of ['o200k_base', 'bytes'] as const)
          expect(await inputTokens(chat, encoding)).toBeLessThanOrEqual(bound)
      }),
    )
  })
})

describe('the body for the provider', () => {
  it('names the model and the cap of the attempt, whatever the client wrote', () => {
    const chat = { ...user('Hi'), body: { model: 'alias', messages: [], max_tokens: 9_999, seed: 1 } }
    const body = openAiChat
      .upstreamBody(chat)
      .render({ model: 'real', capField: 'max_completion_tokens', maxOutputTokens: 7 })
    expect(JSON.parse(body.toString())).toEqual({ messages: [], seed: 1, model: 'real', max_completion_tokens: 7 })
  })

  it('always asks for the usage of a stream', () => {
    const body = { messages: [], stream: true, stream_options: { include_usage: false, include_obfuscation: false } }
    const rendered = openAiChat.upstreamBody({ ...user('Hi'), stream: true, body }).render({
      model: 'm',
      capField: 'max_tokens',
      maxOutputTokens: 7,
    })
    expect(JSON.parse(rendered.toString())).toMatchObject({
      stream_options: { include_usage: true, include_obfuscation: false },
    })
  })
})
