import type { AnswerEvent } from '@tollkeeper/domain/chat'
import type { StreamReader } from '../dialect/wire-dialect.ts'
import { isObject, textOr, type Fields } from '../field.ts'
import { dataIn, gatherRun, outputEvents } from './events.ts'
import { unsealed } from './sealed.ts'
import { readUsage } from './usage.ts'
import { partsOf, readFinish } from './whole.ts'

/** Reads a stream of responses. */
export function makeReader(): StreamReader {
  /** Number of each call by the number of its item. */
  const calls = new Map<unknown, number>()
  return {
    outputEvents,
    gatherTexts: gatherRun,
    read(frame) {
      const data = dataIn(frame)
      return data ? eventsIn(data, calls) : []
    },
  }
}

function eventsIn(data: Fields & { type: string }, calls: Map<unknown, number>): AnswerEvent[] {
  const response = isObject(data['response']) ? data['response'] : {}
  const item = isObject(data['item']) ? data['item'] : {}
  const text = textOr(data['delta'])
  switch (data.type) {
    case 'response.created':
      return [{ kind: 'start', id: textOr(response['id']), model: textOr(response['model']) }]
    case 'response.output_item.added': {
      if (item['type'] !== 'function_call') return []
      const index = calls.size
      calls.set(data['output_index'], index)
      return [{ kind: 'tool-call', index, id: textOr(item['call_id']), name: textOr(item['name']) }]
    }
    case 'response.output_text.delta':
    case 'response.refusal.delta':
      return [{ kind: 'text', text }]
    case 'response.reasoning_summary_text.delta':
      return [{ kind: 'thinking', text }]
    case 'response.function_call_arguments.delta':
      return [{ kind: 'tool-input', index: calls.get(data['output_index']) ?? 0, text }]
    case 'response.output_item.done': {
      const signature = unsealed(item['encrypted_content'])?.signature
      return typeof signature === 'string' ? [{ kind: 'signature', signature }] : []
    }
    case 'response.completed':
    case 'response.incomplete': {
      const output = Array.isArray(response['output']) ? (response['output'] as readonly unknown[]) : []
      const parts = output.flatMap((each) => (isObject(each) ? partsOf(each) : []))
      return [
        { kind: 'finish', reason: readFinish(response, parts), stopSequence: null },
        { kind: 'usage', report: readUsage(response['usage']), last: true },
        { kind: 'done' },
      ]
    }
    case 'response.failed':
    case 'error':
      return [{ kind: 'error' }]
    default:
      return []
  }
}
