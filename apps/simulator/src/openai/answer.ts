import { type Answer, generate } from '../answer/generate.ts'
import type { Marks } from '../marks.ts'
import { diceOf } from '../prose.ts'
import type { ChatRequest } from './chat-request.ts'

/** One choice of an answer, ready to be sent whole or as deltas. */
export type Choice = {
  finishReason: 'stop' | 'length' | 'tool_calls'
  /** Billed output tokens: those of the opening delta, and those of each delta after it. */
  tokens: number
  openingTokens: number
  /** JSON of the assistant message of a whole answer. */
  message: string
  /** JSON of the first delta of a stream, and of the rest; '' is a token that shows no text yet. */
  opening: string
  deltas: () => readonly Delta[]
}

/** JSON of one delta, and the tokens that it shows. */
export type Delta = { json: string; tokens: number }

/** The answer to a request: `n` choices, the same for the same request. */
export function answerTo(request: ChatRequest, marks: Marks, cap: number): Choice[] {
  const seed = `${request.model}\n${JSON.stringify(request.messages)}`
  const functions = request.tools?.flatMap((tool) => tool.function ?? []) ?? []
  const wish = {
    tools: functions.map(({ name, parameters }) => ({ name, schema: parameters })),
    calls: wantsToolCall(request, marks),
    forced: typeof request.tool_choice === 'object' ? request.tool_choice.function?.name : undefined,
    json: jsonOf(request),
    stops: typeof request.stop === 'string' ? [request.stop] : (request.stop ?? []),
    cap,
  }
  return Array.from({ length: request.n ?? 1 }, (_, index) =>
    choiceOf(generate(wish, marks, diceOf(`${seed}\n${index}`))),
  )
}

function wantsToolCall(request: ChatRequest, marks: Marks): boolean {
  const choice = request.tool_choice
  if (!request.tools?.some((tool) => tool.function) || choice === 'none') return false
  if (request.messages.at(-1)?.role !== 'user') return false
  return marks.tool !== undefined || choice === 'required' || typeof choice === 'object'
}

function jsonOf({ response_format: format }: ChatRequest): { schema: unknown } | 'any' | undefined {
  if (format?.type === 'json_schema') return { schema: format.json_schema?.schema ?? {} }
  return format?.type === 'json_object' ? 'any' : undefined
}

const finishReasons = { stop: 'stop', 'stop-sequence': 'stop', length: 'length', tool: 'tool_calls' } as const

function choiceOf({ parts, ended, tokens }: Answer): Choice {
  const calls = parts.filter((part) => part.kind === 'tool')
  const call = (index: number, args: string) => {
    const { id, name } = calls[index]!
    return { id: `call_${id}`, type: 'function', function: { name, arguments: args } }
  }
  const shared = { finishReason: finishReasons[ended], tokens }
  if (calls.length === 0) {
    const pieces = parts.flatMap((part) => part.pieces)
    return {
      ...shared,
      openingTokens: 0,
      message: JSON.stringify({ role: 'assistant', content: pieces.join(''), refusal: null, annotations: [] }),
      opening: '{"role":"assistant","content":"","refusal":null}',
      deltas: once(() => pieces.map((piece) => ({ json: piece && `{"content":${JSON.stringify(piece)}}`, tokens: 1 }))),
    }
  }
  return {
    ...shared,
    openingTokens: calls[0]!.nameTokens,
    message: JSON.stringify({
      role: 'assistant',
      content: null,
      tool_calls: calls.map(({ pieces }, index) => call(index, pieces.join(''))),
      refusal: null,
      annotations: [],
    }),
    opening: JSON.stringify({
      role: 'assistant',
      content: null,
      tool_calls: [{ index: 0, ...call(0, '') }],
      refusal: null,
    }),
    deltas: once(() =>
      calls.flatMap(({ nameTokens, pieces }, index) => {
        const start = JSON.stringify({ tool_calls: [{ index, ...call(index, '') }] })
        const args = pieces.map((piece) => ({
          json: piece && JSON.stringify({ tool_calls: [{ index, function: { arguments: piece } }] }),
          tokens: 1,
        }))
        return index === 0 ? args : [{ json: start, tokens: nameTokens }, ...args]
      }),
    ),
  }
}

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}
