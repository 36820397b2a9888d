import type { AnswerEvent } from '@tollkeeper/domain/chat'
import type { StreamReader } from '../dialect/wire-dialect.ts'
import { dataOf } from '../event-stream/index.ts'
import { isObject, textOr, type Fields } from '../field.ts'
import { parsed } from './events.ts'
import { gatherRun, outputEvents } from './pass-on.ts'
import { readUsage } from './usage.ts'
import { readFinish } from './whole.ts'

/** Reads a stream of chat completions, of its first choice. */
export function makeReader(): StreamReader {
  let started = false
  return {
    outputEvents,
    gatherTexts: gatherRun,
    read(frame) {
      const data = dataOf(frame)
      if (data === undefined) return []
      if (data.trim() === '[DONE]') return [{ kind: 'done' }]
      const chunk = parsed(data)
      if (!isObject(chunk)) return []
      if (isObject(chunk['error']) || typeof chunk['error'] === 'string') return [{ kind: 'error' }]
      const events: AnswerEvent[] = []
      if (!started) {
        started = true
        events.push({ kind: 'start', id: textOr(chunk['id']), model: textOr(chunk['model']) })
      }
      const choices = Array.isArray(chunk['choices']) ? (chunk['choices'] as readonly unknown[]) : []
      for (const choice of choices) if (isObject(choice) && (choice['index'] ?? 0) === 0) readChoice(choice, events)
      if (isObject(chunk['usage'])) events.push({ kind: 'usage', report: readUsage(chunk['usage']), last: true })
      return events
    },
  }
}

function readChoice(choice: Fields, events: AnswerEvent[]): void {
  if (isObject(choice['delta'])) readDelta(choice['delta'], events)
  if (typeof choice['finish_reason'] === 'string')
    events.push({ kind: 'finish', reason: readFinish(choice['finish_reason']), stopSequence: null })
}

function readDelta(delta: Fields, events: AnswerEvent[]): void {
  const thought = delta['reasoning_content'] ?? delta['reasoning']
  if (typeof thought === 'string' && thought !== '') events.push({ kind: 'thinking', text: thought })
  for (const name of ['content', 'refusal']) {
    const text = delta[name]
    if (typeof text === 'string' && text !== '') events.push({ kind: 'text', text })
  }
  const calls = Array.isArray(delta['tool_calls']) ? (delta['tool_calls'] as readonly unknown[]) : []
  for (const [at, call] of calls.entries()) {
    if (!isObject(call) || !isObject(call['function'])) continue
    const index = typeof call['index'] === 'number' ? call['index'] : at
    const { name, arguments: input } = call['function']
    if (typeof call['id'] === 'string' && call['id'] !== '' && typeof name === 'string')
      events.push({ kind: 'tool-call', index, id: call['id'], name })
    if (typeof input === 'string' && input !== '') events.push({ kind: 'tool-input', index, text: input })
  }
}
