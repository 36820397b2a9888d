import type { AnswerEvent } from '@tollkeeper/domain/chat'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrameCutter, framesOf } from '../event-stream/index.ts'
import { makeReader } from './reader.ts'
import { makeWriter } from './writer.ts'

const options = { wantsUsage: true, inputTokens: 0, atMs: 0, costUsd: () => undefined }
const tokens = { inputUncached: 7, outputText: 5 }

/** What an answer says when it is all read: neighbouring pieces are one. */
type Said = { text: string; thoughts: string; calls: [id: string, name: string, input: string][]; finish: string }

const piece = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
const call = fc.record({ name: fc.constantFrom('weather', 'tides'), input: fc.array(piece, { maxLength: 3 }) })
const answer = fc.record({
  thoughts: fc.array(piece, { maxLength: 3 }),
  texts: fc.array(piece, { maxLength: 4 }),
  calls: fc.array(call, { maxLength: 3 }),
  cut: fc.boolean(),
})
type Drawn = typeof answer extends fc.Arbitrary<infer Of> ? Of : never

function eventsOf({ thoughts, texts, calls, cut }: Drawn): AnswerEvent[] {
  const reason = cut ? 'length' : calls.length > 0 ? 'tool-calls' : 'stop'
  const pieces = Math.max(0, ...calls.map(({ input }) => input.length))
  return [
    { kind: 'start', id: 'resp_1', model: 'gpt-4o' },
    ...thoughts.map((text) => ({ kind: 'thinking' as const, text })),
    ...texts.map((text) => ({ kind: 'text' as const, text })),
    ...calls.map(({ name }, index) => ({ kind: 'tool-call' as const, index, id: `call_${index}`, name })),
    // The arguments of several calls come in turns.
    ...Array.from({ length: pieces }, (_, at) =>
      calls.flatMap(({ input }, index) => {
        const text = input[at]
        return text === undefined ? [] : [{ kind: 'tool-input' as const, index, text }]
      }),
    ).flat(),
    { kind: 'finish', reason, stopSequence: null },
  ]
}

function saidIn(events: readonly AnswerEvent[]): Said {
  const said: Said = { text: '', thoughts: '', calls: [], finish: '' }
  for (const event of events) {
    if (event.kind === 'text') said.text += event.text
    if (event.kind === 'thinking') said.thoughts += event.text
    if (event.kind === 'tool-call') said.calls[event.index] = [event.id, event.name, '']
    const named = event.kind === 'tool-input' ? said.calls[event.index] : undefined
    if (named && event.kind === 'tool-input') named[2] += event.text
    if (event.kind === 'finish') said.finish = event.reason
  }
  return said
}

function written(events: readonly AnswerEvent[]): Buffer {
  const writer = makeWriter(options)
  const bytes = events.flatMap((event) => writer.write(event) ?? [])
  return Buffer.concat([...bytes, writer.ending({ tokens, costUsd: '0.000001' })])
}

function read(chunks: readonly Buffer[]): AnswerEvent[] {
  const cutter = new FrameCutter()
  const reader = makeReader()
  return chunks.flatMap((chunk) => {
    const run = cutter.push(chunk)
    return run === undefined || run === 'too-large' ? [] : framesOf(run).flatMap((frame) => reader.read(frame))
  })
}

describe('a stream of responses', () => {
  it('says the same when it is read again, however its bytes are cut', () => {
    fc.assert(
      fc.property(answer, fc.integer({ min: 1, max: 200 }), (drawn, size) => {
        const events = eventsOf(drawn)
        const bytes = written(events)
        const chunks: Buffer[] = []
        for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size))
        const again = read(chunks)
        expect(saidIn(again)).toEqual(saidIn(events))
        expect(again.at(-1)).toEqual({ kind: 'done' })
        expect(again.find(({ kind }) => kind === 'usage')).toEqual({
          kind: 'usage',
          report: { kind: 'usage', tokens },
          last: true,
        })
      }),
    )
  })

  it('opens and closes every item, and numbers its events', () => {
    fc.assert(
      fc.property(answer, (drawn) => {
        const events = framesOf(written(eventsOf(drawn))).map(
          (frame) => JSON.parse(frame.toString().split('data: ')[1] ?? '') as Record<string, unknown>,
        )
        expect(events.map((event) => event['sequence_number'])).toEqual(events.map((_, index) => index))
        const indexes = (type: string) =>
          events
            .flatMap((event) => (event['type'] === type ? [event['output_index']] : []))
            .toSorted((one, other) => Number(one) - Number(other))
        expect(indexes('response.output_item.done')).toEqual(indexes('response.output_item.added'))
        expect(events.at(-1)?.['type']).toBe(drawn.cut ? 'response.incomplete' : 'response.completed')
      }),
    )
  })
})
