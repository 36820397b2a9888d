import type { AnswerEvent } from '@tollkeeper/domain/chat'
import type { StreamReader } from '../dialect/wire-dialect.ts'
import { isObject, textOr, type Fields } from '../field.ts'
import { dataIn, gatherRun, outputEvents, stopsIn, StreamUsage } from './events.ts'
import { readFinish } from './whole.ts'

/** Reads a stream of messages. */
export function makeReader(): StreamReader {
  const state = new State()
  return {
    outputEvents,
    gatherTexts: gatherRun,
    read(frame) {
      const data = dataIn(frame)
      return data === undefined ? [] : state.read(data)
    },
  }
}

/** A call that is being written: its number among the calls, and whether any of its input came. */
type OpenCall = { index: number; wrote: boolean }

class State {
  readonly #usage = new StreamUsage()
  readonly #calls = new Map<unknown, OpenCall>()

  read(data: Fields): AnswerEvent[] {
    switch (data['type']) {
      case 'message_start': {
        const message = isObject(data['message']) ? data['message'] : {}
        return [
          { kind: 'start', id: textOr(message['id']), model: textOr(message['model']) },
          ...this.#told(data, false),
        ]
      }
      case 'content_block_start':
        return isObject(data['content_block']) ? this.#begins(data['index'], data['content_block']) : []
      case 'content_block_delta':
        return isObject(data['delta']) ? this.#goesOn(data['index'], data['delta']) : []
      case 'content_block_stop': {
        const call = this.#calls.get(data['index'])
        // A call without input is written as nothing at all here.
        return call && !call.wrote ? [{ kind: 'tool-input', index: call.index, text: '{}' }] : []
      }
      case 'message_delta':
        return this.#stops(data)
      case 'message_stop':
        return [{ kind: 'done' }]
      case 'error':
        return [{ kind: 'error' }]
      default:
        return []
    }
  }

  #told(data: Fields, last: boolean): AnswerEvent[] {
    const report = this.#usage.take(data)
    return report ? [{ kind: 'usage', report, last }] : []
  }

  #begins(at: unknown, block: Fields): AnswerEvent[] {
    if (block['type'] === 'tool_use') {
      const call = { index: this.#calls.size, wrote: false }
      this.#calls.set(at, call)
      return [{ kind: 'tool-call', index: call.index, id: textOr(block['id']), name: textOr(block['name']) }]
    }
    const text = textOr(block['text'])
    return text === '' ? [] : [{ kind: 'text', text }]
  }

  #goesOn(at: unknown, delta: Fields): AnswerEvent[] {
    switch (delta['type']) {
      case 'text_delta':
        return [{ kind: 'text', text: textOr(delta['text']) }]
      case 'thinking_delta':
        return [{ kind: 'thinking', text: textOr(delta['thinking']) }]
      case 'signature_delta':
        return [{ kind: 'signature', signature: textOr(delta['signature']) }]
      case 'input_json_delta': {
        const call = this.#calls.get(at)
        const text = textOr(delta['partial_json'])
        if (!call || text === '') return []
        call.wrote = true
        return [{ kind: 'tool-input', index: call.index, text }]
      }
      default:
        return []
    }
  }

  #stops(data: Fields): AnswerEvent[] {
    const events: AnswerEvent[] = []
    const last = stopsIn(data)
    if (last && isObject(data['delta'])) {
      const { stop_reason: reason, stop_sequence: sequence } = data['delta']
      const stopSequence = typeof sequence === 'string' ? sequence : null
      events.push({ kind: 'finish', reason: readFinish(reason), stopSequence })
    }
    return [...events, ...this.#told(data, last)]
  }
}
