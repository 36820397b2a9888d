import type { Marks } from '../marks.ts'
import { type Dice, diceOf, prose } from '../prose.ts'
import { piecesOf, tokensOf } from '../tokens.ts'
import type { ChatRequest } from './chat-request.ts'
import { sampleOf } from './sample-json.ts'

/** One choice of an answer, ready to be sent whole or as deltas. */
export type Choice = {
  finishReason: 'stop' | 'length' | 'tool_calls'
  /** Billed output tokens: those of the opening delta, and one for each delta after it. */
  tokens: number
  openingTokens: number
  /** JSON of the assistant message of a whole answer. */
  message: string
  /** JSON of the first delta of a stream, and of the rest; '' is a token that shows no text yet. */
  opening: string
  deltas: () => readonly string[]
}

/** The answer to a request: `n` choices, the same for the same request. */
export function answerTo(request: ChatRequest, marks: Marks, cap: number): Choice[] {
  const seed = `${request.model}\n${JSON.stringify(request.messages)}`
  const calls = wantsToolCall(request, marks)
  return Array.from({ length: request.n ?? 1 }, (_, index) => {
    const dice = diceOf(`${seed}\n${index}`)
    return calls ? toolCall(request, dice, cap) : text(request, marks, dice, cap)
  })
}

function wantsToolCall(request: ChatRequest, marks: Marks): boolean {
  const choice = request.tool_choice
  if (!request.tools?.some((tool) => tool.function) || choice === 'none') return false
  if (request.messages.at(-1)?.role !== 'user') return false
  return marks.tool === true || choice === 'required' || typeof choice === 'object'
}

function toolCall(request: ChatRequest, dice: Dice, cap: number): Choice {
  const forced = typeof request.tool_choice === 'object' ? request.tool_choice.function?.name : undefined
  const functions = request.tools?.flatMap((tool) => tool.function ?? []) ?? []
  const chosen = functions.find(({ name }) => name === forced) ?? functions[0]
  const name = chosen?.name ?? ''
  const nameTokens = tokensOf(name)
  if (nameTokens > cap) return textChoice(Array<string>(cap).fill(''), 'length')

  const all = piecesOf(JSON.stringify(sampleOf(chosen?.parameters ?? { type: 'object' }, dice)))
  const pieces = all.slice(0, cap - nameTokens)
  const call = (id: string, args: string) => ({ id, type: 'function', function: { name, arguments: args } })
  const id = `call_${Array.from({ length: 24 }, () => Math.floor(dice() * 36).toString(36)).join('')}`
  return {
    finishReason: pieces.length < all.length ? 'length' : 'tool_calls',
    tokens: nameTokens + pieces.length,
    openingTokens: nameTokens,
    message: JSON.stringify({
      role: 'assistant',
      content: null,
      tool_calls: [call(id, pieces.join(''))],
      refusal: null,
      annotations: [],
    }),
    opening: JSON.stringify({
      role: 'assistant',
      content: null,
      tool_calls: [{ index: 0, ...call(id, '') }],
      refusal: null,
    }),
    deltas: once(() =>
      pieces.map((piece) => piece && JSON.stringify({ tool_calls: [{ index: 0, function: { arguments: piece } }] })),
    ),
  }
}

function text(request: ChatRequest, marks: Marks, dice: Dice, cap: number): Choice {
  if (marks.worst) return textChoice(prose(dice, cap, false), 'length')
  const said = marks.say ?? jsonAnswer(request, dice)
  if (said !== undefined) {
    const pieces = piecesOf(said)
    return textChoice(pieces.slice(0, cap), pieces.length > cap ? 'length' : 'stop')
  }
  const wanted = marks.tokens ?? 20 + Math.floor(dice() * 41)
  const ended = wanted <= cap
  return textChoice(prose(dice, Math.min(wanted, cap), ended), ended ? 'stop' : 'length')
}

function jsonAnswer(request: ChatRequest, dice: Dice): string | undefined {
  const format = request.response_format
  if (format?.type === 'json_schema') return JSON.stringify(sampleOf(format.json_schema?.schema ?? {}, dice))
  if (format?.type === 'json_object') return JSON.stringify({ answer: prose(dice, 12, true).join('') })
  return undefined
}

function textChoice(pieces: readonly string[], finishReason: 'stop' | 'length'): Choice {
  return {
    finishReason,
    tokens: pieces.length,
    openingTokens: 0,
    message: JSON.stringify({ role: 'assistant', content: pieces.join(''), refusal: null, annotations: [] }),
    opening: '{"role":"assistant","content":"","refusal":null}',
    deltas: once(() => pieces.map((piece) => piece && `{"content":${JSON.stringify(piece)}}`)),
  }
}

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}
