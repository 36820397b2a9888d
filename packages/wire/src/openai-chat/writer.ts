import type { AnswerEvent, FinishReason } from '@tollkeeper/domain/chat'
import type { StreamOptions, StreamWriter } from '../dialect/wire-dialect.ts'
import { frameOf } from '../event-stream/index.ts'
import { ending } from './pass-on.ts'
import { usageBody } from './usage-body.ts'
import { finishName, idOf } from './whole.ts'

/** Writes neutral events as a stream of chat completions. */
export function makeWriter({ wantsUsage, atMs }: StreamOptions): StreamWriter {
  let head = { id: idOf('0'), object: 'chat.completion.chunk', created: Math.floor(atMs / 1_000), model: '' }
  let reasoning: number | undefined
  const chunk = (delta: object, finish: FinishReason | null = null): Buffer =>
    frameOf(
      JSON.stringify({
        ...head,
        choices: [{ index: 0, delta, logprobs: null, finish_reason: finish === null ? null : finishName(finish) }],
      }),
    )
  return {
    write(event: AnswerEvent) {
      switch (event.kind) {
        case 'start':
          head = { ...head, id: idOf(event.id), model: event.model }
          return chunk({ role: 'assistant', content: '' })
        case 'text':
          return chunk({ content: event.text })
        case 'thinking':
          return chunk({ reasoning_content: event.text })
        case 'tool-call': {
          const { index, id, name } = event
          return chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] })
        }
        case 'tool-input':
          return chunk({ tool_calls: [{ index: event.index, function: { arguments: event.text } }] })
        case 'finish':
          return chunk({}, event.reason)
        case 'usage':
          if (event.report.kind === 'usage') ({ reasoning } = event.report)
          return undefined
        case 'signature':
        case 'done':
        case 'error':
          return undefined
      }
    },
    ending(charged) {
      const end = ending(charged)
      if (!wantsUsage) return end
      const usage = { ...usageBody(charged.tokens, reasoning), cost: charged.costUsd }
      return Buffer.concat([frameOf(JSON.stringify({ ...head, choices: [], usage })), end])
    },
  }
}
