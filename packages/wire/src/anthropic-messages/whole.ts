import type { Answer, FinishReason, ToolCallPart } from '@tollkeeper/domain/chat'
import type { WholeAnswer } from '../dialect/wire-dialect.ts'
import { isObject, textOr, type Fields } from '../field.ts'
import { readUsage, usageBody } from './usage.ts'

const finishNames: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'stop-sequence': 'stop_sequence',
  refusal: 'refusal',
}
export const finishName = (reason: FinishReason): string => finishNames[reason]

const finishes: Readonly<Record<string, FinishReason>> = {
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  stop_sequence: 'stop-sequence',
  refusal: 'refusal',
}

/** Why it stopped. What is not known counts as an ordinary end. */
export const readFinish = (name: unknown): FinishReason => finishes[textOr(name)] ?? 'stop'

export const idOf = (id: string): string => (id.startsWith('msg_') ? id : `msg_${id}`)

/** Reads a provider's whole answer; undefined when it is no answer at all. */
export function readAnswer(bytes: Buffer): WholeAnswer | undefined {
  let body: unknown
  try {
    body = JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
  if (!isObject(body) || !Array.isArray(body['content'])) return undefined
  const message = body
  const blocks = (body['content'] as readonly unknown[]).filter(isObject)
  return {
    usage: readUsage(body['usage']),
    texts: () => blocks.flatMap(textsOf),
    answer: () => neutralAnswer(message, blocks),
  }
}

/** Every text in a block, which was written by the model and so billed. */
function textsOf(block: Fields): string[] {
  const texts = ['text', 'thinking', 'name'].flatMap((name) => (typeof block[name] === 'string' ? [block[name]] : []))
  return block['input'] === undefined ? texts : [...texts, JSON.stringify(block['input'])]
}

function neutralAnswer(message: Fields, blocks: readonly Fields[]): Answer {
  const stopSequence = message['stop_sequence']
  return {
    id: textOr(message['id']),
    model: textOr(message['model']),
    parts: blocks.flatMap(partsOf),
    finish: readFinish(message['stop_reason']),
    stopSequence: typeof stopSequence === 'string' ? stopSequence : null,
    usage: readUsage(message['usage']),
  }
}

function partsOf(block: Fields): Answer['parts'][number][] {
  switch (block['type']) {
    case 'text':
      return [{ kind: 'text', text: textOr(block['text']) }]
    case 'thinking':
      return [{ kind: 'thinking', text: textOr(block['thinking']), signature: textOr(block['signature']) }]
    case 'tool_use':
      return [callOf(block)]
    default:
      return []
  }
}

/** A call of a tool, as messages and answers carry it. */
export const callOf = (block: Fields): ToolCallPart => ({
  kind: 'tool-call',
  id: textOr(block['id']),
  name: textOr(block['name']),
  input: JSON.stringify(block['input'] ?? {}),
})

/** The input of a call as an object; what a model wrote badly is kept as text. */
export function inputOf(text: string): Fields {
  if (text.trim() === '') return {}
  try {
    const input: unknown = JSON.parse(text)
    if (isObject(input)) return input
  } catch {
    // Falls through: a model may write anything.
  }
  return { input: text }
}

/** A neutral answer as a message. */
export function writeAnswer({ id, model, parts, finish, stopSequence, usage }: Answer): Buffer {
  const content = parts.map((part) => {
    switch (part.kind) {
      case 'text':
        return { type: 'text', text: part.text }
      case 'thinking':
        return { type: 'thinking', thinking: part.text, signature: part.signature ?? '' }
      case 'tool-call':
        return { type: 'tool_use', id: part.id, name: part.name, input: inputOf(part.input) }
    }
  })
  return Buffer.from(
    JSON.stringify({
      id: idOf(id),
      type: 'message',
      role: 'assistant',
      model,
      content,
      stop_reason: finishName(finish),
      stop_sequence: stopSequence,
      usage: usageBody(usage.kind === 'usage' ? usage.tokens : {}),
    }),
  )
}
