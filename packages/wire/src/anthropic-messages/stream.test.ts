import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AnswerEvent } from '@tollkeeper/domain/chat'
import { fail } from '@tollkeeper/domain/failure'
import { translateStream } from '../dialect/index.ts'
import type { StreamCodec, StreamOptions } from '../dialect/wire-dialect.ts'
import { dataOf, eventFrameOf, FrameCutter, frameOf, framesOf } from '../event-stream/index.ts'
import { openAiChat } from '../openai-chat/index.ts'
import { anthropicMessages } from './index.ts'

const options: StreamOptions = { wantsUsage: true, inputTokens: 7, atMs: 0, costUsd: () => '0.000001000' }
const charged = { tokens: { inputUncached: 5, inputCacheRead: 2, outputText: 9 }, costUsd: '0.000001000' }

/** What a client gets of a stream that arrives in these chunks, with its ending. */
function passed(codec: StreamCodec, chunks: readonly Buffer[]): string {
  const cutter = new FrameCutter()
  const out: Buffer[] = []
  for (const chunk of chunks) {
    const run = cutter.push(chunk)
    if (run === undefined || run === 'too-large') continue
    for (const frame of framesOf(run)) {
      const step = codec.step(frame)
      if (step.out) out.push(step.out)
      if (step.end === 'done') out.push(codec.ending(charged))
    }
  }
  return Buffer.concat(out).toString()
}

type Told = { type: string; index?: number; [more: string]: unknown }
/** The events of a stream of messages, without comments. */
const toldIn = (text: string): Told[] =>
  framesOf(Buffer.from(text)).flatMap((frame) => {
    const data = dataOf(frame)
    return data === undefined ? [] : [JSON.parse(data) as Told]
  })

const chunk = (delta: object, finish: string | null = null) =>
  frameOf(JSON.stringify({ id: 'chatcmpl-1', model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] }))
const call = (index: number, more: object, args = '') => ({
  tool_calls: [{ index, ...more, function: { ...('id' in more && { name: `tool${index}` }), arguments: args } }],
})
const usage = frameOf(
  JSON.stringify({
    choices: [],
    usage: { prompt_tokens: 7, completion_tokens: 9, prompt_tokens_details: { cached_tokens: 2 } },
  }),
)
const done = frameOf('[DONE]')

/** A chat that thinks, speaks and calls two tools whose inputs come in turns. */
const chat = [
  chunk({ role: 'assistant', content: '' }),
  chunk({ reasoning_content: 'Hm' }),
  chunk({ content: 'I ' }),
  chunk({ content: 'lo\u00f6k 🙂' }),
  chunk(call(0, { id: 'call_a' })),
  chunk(call(0, {}, '{"city":')),
  chunk(call(1, { id: 'call_b' }, '{"ci')),
  chunk(call(0, {}, '"Oslo"}')),
  chunk(call(1, {}, 'ty":"Rome"}')),
  chunk({}, 'tool_calls'),
  usage,
  done,
]

const start = (input: object) =>
  eventFrameOf(
    'message_start',
    JSON.stringify({ type: 'message_start', message: { id: 'msg_1', model: 'm', content: [], usage: input } }),
  )
const said = (type: string, more: object) => eventFrameOf(type, JSON.stringify({ type, ...more }))
const message = [
  start({ input_tokens: 5, cache_read_input_tokens: 2, output_tokens: 1 }),
  said('ping', {}),
  said('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  said('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'I loök 🙂' } }),
  said('content_block_stop', { index: 0 }),
  said('content_block_start', {
    index: 1,
    content_block: { type: 'tool_use', id: 'toolu_a', name: 'tool0', input: {} },
  }),
  said('content_block_delta', { index: 1, delta: { type: 'input_json_delta', partial_json: '{"city":"Oslo"}' } }),
  said('content_block_stop', { index: 1 }),
  said('content_block_start', { index: 2, content_block: { type: 'tool_use', id: 'toolu_b', name: 'now', input: {} } }),
  said('content_block_stop', { index: 2 }),
  said('message_delta', { delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 9 } }),
  said('message_stop', {}),
]

describe('a chat that is told as a message', () => {
  const told = toldIn(passed(translateStream(anthropicMessages, openAiChat, options), chat))

  it('has one start, one block at a time with deltas of its own kind, and ends with delta and stop', () => {
    expect(told.map(({ type, index }) => (index === undefined ? type : `${type} ${index}`))).toEqual([
      'message_start',
      'content_block_start 0',
      'content_block_delta 0',
      'content_block_stop 0',
      'content_block_start 1',
      'content_block_delta 1',
      'content_block_delta 1',
      'content_block_stop 1',
      'content_block_start 2',
      'content_block_delta 2',
      'content_block_delta 2',
      'content_block_stop 2',
      'content_block_start 3',
      'content_block_delta 3',
      'content_block_stop 3',
      'message_delta',
      'message_stop',
    ])
  })

  it('keeps the inputs of calls that came in turns apart', () => {
    const inputs = new Map<number, string>()
    for (const { index = -1, delta } of told) {
      const text = (delta as { partial_json?: string } | undefined)?.partial_json
      if (text !== undefined) inputs.set(index, (inputs.get(index) ?? '') + text)
    }
    expect([...inputs]).toEqual([
      [2, '{"city":"Oslo"}'],
      [3, '{"city":"Rome"}'],
    ])
  })

  it('estimates its input at the start and tells at its end what was charged', () => {
    expect(told[0]).toMatchObject({ message: { role: 'assistant', content: [], usage: { input_tokens: 7 } } })
    expect(told.at(-2)).toMatchObject({
      delta: { stop_reason: 'tool_use' },
      usage: { input_tokens: 5, cache_read_input_tokens: 2, output_tokens: 9, cost: '0.000001000' },
    })
  })
})

describe('a message that is told as a chat', () => {
  it('carries text, calls, reason, usage and [DONE]', () => {
    const text = passed(translateStream(openAiChat, anthropicMessages, options), message)
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
    const chunks = framesOf(Buffer.from(text)).flatMap((frame) => {
      const data = dataOf(frame)
      return data === undefined || data === '[DONE]' ? [] : [JSON.parse(data) as Record<string, unknown>]
    })
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 7, completion_tokens: 9, prompt_tokens_details: { cached_tokens: 2 } },
    })
    const deltas = chunks.flatMap(({ choices }) => (choices as { delta: object; finish_reason: string | null }[]) ?? [])
    expect(deltas.map(({ delta }) => delta)).toEqual([
      { role: 'assistant', content: '' },
      { content: 'I loök 🙂' },
      { tool_calls: [{ index: 0, id: 'toolu_a', type: 'function', function: { name: 'tool0', arguments: '' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"city":"Oslo"}' } }] },
      { tool_calls: [{ index: 1, id: 'toolu_b', type: 'function', function: { name: 'now', arguments: '' } }] },
      { tool_calls: [{ index: 1, function: { arguments: '{}' } }] },
      {},
    ])
    expect(deltas.at(-1)?.finish_reason).toBe('tool_calls')
  })
})

describe('any stream', () => {
  const ways: [string, () => StreamCodec, Buffer][] = [
    ['chat → message', () => translateStream(anthropicMessages, openAiChat, options), Buffer.concat(chat)],
    ['message → chat', () => translateStream(openAiChat, anthropicMessages, options), Buffer.concat(message)],
    ['message → message', () => anthropicMessages.passOn(options), Buffer.concat(message)],
  ]

  it.each(ways)('is told the same however its bytes are cut (%s)', (_, codec, bytes) => {
    const whole = passed(codec(), [bytes])
    fc.assert(
      fc.property(fc.array(fc.nat({ max: bytes.length }), { maxLength: 20 }), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end))
        expect(passed(codec(), chunks)).toBe(whole)
      }),
    )
  })

  it('that is native passes on byte for byte, but for the cost before its end', () => {
    const text = passed(anthropicMessages.passOn(options), message)
    expect(text.replace(': x-gateway-cost-usd 0.000001000\n\n', '')).toBe(Buffer.concat(message).toString())
  })

  it('is only read where it may matter, whatever a model writes', () => {
    const { mayMatter } = anthropicMessages.passOn(options)
    const tricky = said('content_block_delta', {
      delta: { type: 'text_delta', text: '{"type":"error"} "error"' },
    })
    expect(mayMatter(tricky)).toBe(false)
    for (const frame of [message[0], ...message.slice(-2), said('error', { error: { type: 'x', message: 'y' } })])
      expect(frame && mayMatter(frame)).toBe(true)
  })

  it('tells usage in both places as one report, complete when the model stopped', () => {
    const codec = anthropicMessages.passOn(options)
    const steps = message.map((frame) => codec.step(frame))
    expect(steps[0]).toMatchObject({ complete: false, report: { tokens: { inputUncached: 5, inputCacheRead: 2 } } })
    expect(steps.at(-2)).toMatchObject({
      complete: true,
      report: { kind: 'usage', tokens: { inputUncached: 5, inputCacheRead: 2, outputText: 9 } },
    })
    expect(steps.at(-1)).toEqual({ end: 'done' })
    expect(codec.step(said('error', { error: { type: 'overloaded_error', message: 'secret' } }))).toEqual({
      end: 'error',
    })
  })

  it.each(ways.filter(([name]) => name.endsWith('message')))(
    'that is idle is kept alive by a ping (%s)',
    (_, codec) => {
      expect(codec().keepAlive.toString()).toBe('event: ping\ndata: {"type":"ping"}\n\n')
    },
  )

  it('that breaks ends in an event that clients take for an error', () => {
    const frame = anthropicMessages.failureFrame(fail('upstream_broke', { provider: 'Acme' })).toString()
    expect(frame).toMatch(
      /^event: error\ndata: \{"type":"error","error":\{"type":"overloaded_error","message":"The answer/,
    )
  })

  it('of any events is a message whose blocks never overlap', () => {
    const event = fc.oneof(
      fc.record({ kind: fc.constant('text' as const), text: fc.string({ minLength: 1 }) }),
      fc.record({ kind: fc.constant('thinking' as const), text: fc.string({ minLength: 1 }) }),
      fc.record({
        kind: fc.constant('tool-call' as const),
        index: fc.nat({ max: 3 }),
        id: fc.constant('call'),
        name: fc.constant('tool'),
      }),
      fc.record({ kind: fc.constant('tool-input' as const), index: fc.nat({ max: 3 }), text: fc.string() }),
    )
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        const writer = anthropicMessages.makeWriter(options)
        const all: AnswerEvent[] = [
          { kind: 'start', id: '1', model: 'm' },
          ...events,
          { kind: 'finish', reason: 'stop', stopSequence: null },
        ]
        const text =
          all.map((each) => writer.write(each)?.toString() ?? '').join('') + writer.ending(charged).toString()
        let open: number | undefined
        let next = 0
        for (const { type, index } of toldIn(text)) {
          if (type === 'content_block_start') {
            expect([open, index]).toEqual([undefined, next])
            open = next
            next += 1
          } else if (type === 'content_block_delta') expect(index).toBe(open)
          else if (type === 'content_block_stop') {
            expect(index).toBe(open)
            open = undefined
          } else expect(open).toBeUndefined()
        }
        const spoken = events.map((each) => (each.kind === 'text' ? each.text : '')).join('')
        const heard = toldIn(text).map(({ delta }) => (delta as { text?: string } | undefined)?.text ?? '')
        expect(heard.join('')).toBe(spoken)
      }),
    )
  })
})
