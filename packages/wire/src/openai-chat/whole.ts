import type { Answer, FinishReason } from '@tollkeeper/domain/chat'
import { isObject, textOr, type Fields } from '../field.ts'
import { callBody } from './from-neutral.ts'
import { callOf } from './to-neutral.ts'
import { reportBody } from './usage-body.ts'
import { readUsage } from './usage.ts'

const finishNames: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'stop-sequence': 'stop',
  refusal: 'content_filter',
}
export const finishName = (reason: FinishReason): string => finishNames[reason]

/** Why it stopped. What is not known counts as an ordinary end. */
export function readFinish(name: unknown): FinishReason {
  if (name === 'length') return 'length'
  if (name === 'tool_calls' || name === 'function_call') return 'tool-calls'
  return name === 'content_filter' ? 'refusal' : 'stop'
}

export const idOf = (id: string): string => (id.startsWith('chatcmpl-') ? id : `chatcmpl-${id}`)

/** The first choice of an answer's parsed body, which is known to have choices. */
export function neutralAnswer(body: Fields): Answer {
  const [choice] = body['choices'] as readonly unknown[]
  const message = isObject(choice) && isObject(choice['message']) ? choice['message'] : {}
  const parts: Answer['parts'][number][] = []
  const thought = message['reasoning_content'] ?? message['reasoning']
  if (typeof thought === 'string' && thought !== '') parts.push({ kind: 'thinking', text: thought, signature: null })
  const { content, refusal } = message
  if (typeof content === 'string' && content !== '') parts.push({ kind: 'text', text: content })
  if (typeof refusal === 'string' && refusal !== '') parts.push({ kind: 'text', text: refusal })
  const calls = Array.isArray(message['tool_calls']) ? (message['tool_calls'] as readonly unknown[]) : []
  for (const call of calls) if (isObject(call) && isObject(call['function'])) parts.push(callOf(call, ''))
  const finish = readFinish(isObject(choice) ? choice['finish_reason'] : undefined)
  return {
    id: textOr(body['id']),
    model: textOr(body['model']),
    parts,
    finish: typeof refusal === 'string' && refusal !== '' ? 'refusal' : finish,
    stopSequence: null,
    usage: readUsage(body['usage']),
  }
}

/** A neutral answer as a chat completion. */
export function writeAnswer({ id, model, parts, finish, usage }: Answer, atMs: number): Buffer {
  const texts = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : []))
  const thoughts = parts.flatMap((part) => (part.kind === 'thinking' && part.text !== '' ? [part.text] : []))
  const calls = parts.flatMap((part) => (part.kind === 'tool-call' ? [callBody(part)] : []))
  const message = {
    role: 'assistant',
    content: texts.length === 0 ? null : texts.join(''),
    refusal: null,
    ...(thoughts.length > 0 && { reasoning_content: thoughts.join('\n') }),
    ...(calls.length > 0 && { tool_calls: calls }),
  }
  return Buffer.from(
    JSON.stringify({
      id: idOf(id),
      object: 'chat.completion',
      created: Math.floor(atMs / 1_000),
      model,
      choices: [{ index: 0, message, logprobs: null, finish_reason: finishName(finish) }],
      usage: reportBody(usage) ?? undefined,
    }),
  )
}
