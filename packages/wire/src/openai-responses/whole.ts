import type { Answer, FinishReason } from '@tollkeeper/domain/chat'
import type { WholeAnswer } from '../dialect/wire-dialect.ts'
import { isObject, textOr, type Fields } from '../field.ts'
import { endOf, itemIdOf, itemOf, responseHead } from './output.ts'
import { unsealed } from './sealed.ts'
import { readUsage, usageBody } from './usage.ts'

type Part = Answer['parts'][number]

/** Reads a provider's whole answer; undefined when it is none (not JSON, no output), or failed. */
export function readAnswer(bytes: Buffer): WholeAnswer | undefined {
  let body: unknown
  try {
    body = JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
  if (!isObject(body) || !Array.isArray(body['output']) || body['status'] === 'failed') return undefined
  const response: Fields = body
  const parts = () =>
    (response['output'] as readonly unknown[]).flatMap((item) => (isObject(item) ? partsOf(item) : []))
  return {
    usage: readUsage(response['usage']),
    texts: () => parts().flatMap((part) => (part.kind === 'tool-call' ? [part.name, part.input] : [part.text])),
    answer: () => ({
      id: textOr(response['id']),
      model: textOr(response['model']),
      parts: parts(),
      finish: readFinish(response, parts()),
      stopSequence: null,
      usage: readUsage(response['usage']),
    }),
  }
}

/** An item of an output as parts. What this dialect alone has is left out. */
export function partsOf(item: Fields): Part[] {
  switch (item['type']) {
    case 'message': {
      const content = Array.isArray(item['content']) ? (item['content'] as readonly unknown[]) : []
      const text = content.map((part) => (isObject(part) ? textOr(part['text'], textOr(part['refusal'])) : '')).join('')
      return text === '' ? [] : [{ kind: 'text', text }]
    }
    case 'function_call':
      return [
        {
          kind: 'tool-call',
          id: textOr(item['call_id']),
          name: textOr(item['name']),
          input: textOr(item['arguments']),
        },
      ]
    case 'reasoning': {
      const own = unsealed(item['encrypted_content'])
      if (own) return [own]
      const summary = Array.isArray(item['summary']) ? (item['summary'] as readonly unknown[]) : []
      const text = summary.map((part) => (isObject(part) ? textOr(part['text']) : '')).join('\n')
      return text === '' ? [] : [{ kind: 'thinking', text, signature: null }]
    }
    default:
      return []
  }
}

/** Why it stopped, from its status and what it wrote. */
export function readFinish(response: Fields, parts: readonly Part[]): FinishReason {
  const details = response['incomplete_details']
  if (response['status'] === 'incomplete')
    return isObject(details) && details['reason'] === 'content_filter' ? 'refusal' : 'length'
  return parts.some(({ kind }) => kind === 'tool-call') ? 'tool-calls' : 'stop'
}

/** A neutral answer as a response. */
export function writeAnswer({ id, model, parts, finish, usage }: Answer, atMs: number): Buffer {
  const head = responseHead(id, model, atMs)
  const end = endOf(finish)
  return Buffer.from(
    JSON.stringify({
      ...head,
      ...end,
      output: parts.map((part, index) => {
        const cut = end.status === 'incomplete' && index === parts.length - 1
        return itemOf(part, itemIdOf(head.id, index, part.kind), cut ? 'incomplete' : 'completed')
      }),
      usage: usage.kind === 'usage' ? usageBody(usage.tokens, usage.reasoning) : null,
    }),
  )
}
