import type { Answer, FinishReason } from '@tollkeeper/domain/chat'
import { sealed } from './sealed.ts'

type Part = Answer['parts'][number]

const idOf = (id: string): string => (id.startsWith('resp_') ? id : `resp_${id}`)

/** Its id, so that all events of an item name the same. */
export const itemIdOf = (responseId: string, index: number, kind: Part['kind']): string =>
  `${kind === 'text' ? 'msg' : kind === 'thinking' ? 'rs' : 'fc'}_${responseId.replace(/^resp_/, '')}_${index}`

/** A part of an answer as an item of the output. */
export function itemOf(part: Part, id: string, status = 'completed'): object {
  switch (part.kind) {
    case 'text':
      return { id, type: 'message', role: 'assistant', status, content: [textPart(part.text)] }
    case 'thinking':
      return { id, type: 'reasoning', summary: [summaryPart(part.text)], encrypted_content: sealed(part) }
    case 'tool-call':
      return { id, type: 'function_call', call_id: part.id, name: part.name, arguments: part.input, status }
  }
}

export const textPart = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] })
export const summaryPart = (text: string) => ({ type: 'summary_text', text })

/** Why a response has no end, where it has none. */
const incompleteReasons: Partial<Record<FinishReason, string>> = {
  length: 'max_output_tokens',
  refusal: 'content_filter',
}

/** How a response ended. */
export function endOf(finish: FinishReason): { status: string; incomplete_details: object | null } {
  const reason = incompleteReasons[finish]
  if (reason === undefined) return { status: 'completed', incomplete_details: null }
  return { status: 'incomplete', incomplete_details: { reason } }
}

/** The fields of every response that the gateway writes itself. */
export const responseHead = (id: string, model: string, atMs: number) => ({
  id: idOf(id),
  object: 'response',
  created_at: Math.floor(atMs / 1_000),
  model,
  error: null,
  instructions: null,
  metadata: {},
  parallel_tool_calls: true,
  temperature: null,
  tool_choice: 'auto',
  tools: [],
  top_p: null,
})
