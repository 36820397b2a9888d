import type { WholeAnswer } from '../dialect/wire-dialect.ts'
import { isObject } from '../field.ts'
import { readUsage } from './usage.ts'
import { neutralAnswer } from './whole.ts'

/** Reads a provider's whole answer; undefined when it is no answer at all (not JSON, or no choices). */
export function readWholeAnswer(bytes: Buffer): WholeAnswer | undefined {
  let body: unknown
  try {
    body = JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
  if (!isObject(body) || !Array.isArray(body['choices'])) return undefined
  const choices: readonly unknown[] = body['choices']
  return {
    usage: readUsage(body['usage']),
    texts: () => choices.flatMap((choice) => (isObject(choice) ? textsOf(choice['message']) : [])),
    answer: () => neutralAnswer(body),
  }
}

/** Every text in a message or delta that was written by the model, and so billed. */
export function textsOf(message: unknown): string[] {
  if (!isObject(message)) return []
  const texts: string[] = []
  for (const name of ['content', 'refusal', 'reasoning_content', 'reasoning']) {
    const text = message[name]
    if (typeof text === 'string') texts.push(text)
  }
  const calls = Array.isArray(message['tool_calls']) ? (message['tool_calls'] as unknown[]) : []
  for (const call of [...calls, { function: message['function_call'] }]) {
    const called = isObject(call) ? (call['function'] ?? call['custom']) : undefined
    if (!isObject(called)) continue
    for (const name of ['name', 'arguments', 'input']) {
      const text = called[name]
      if (typeof text === 'string') texts.push(text)
    }
  }
  return texts
}
