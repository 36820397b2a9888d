import type { Answer, AnswerPart } from '../answer/generate.ts'
import type { OpenCall } from '../call/open-call.ts'
import type { ResponsesRequest } from './responses-request.ts'
import { sealReasoning } from './sealed-reasoning.ts'

/** An item of the output: as it is at its start, and whole. */
export type OutputItem = { id: string; part: AnswerPart; begun: object; whole: object }

/** The parts of an answer as items of a response. Ids follow from the response's own. */
export function itemsOfAnswer(call: OpenCall, request: ResponsesRequest, answer: Answer): OutputItem[] {
  return answer.parts.map((part, index) => {
    const ended = answer.ended === 'length' && index === answer.parts.length - 1 ? 'incomplete' : 'completed'
    const id = `${prefixes[part.kind]}_${call.id.slice('resp_'.length)}${index}`
    return { id, part, ...itemOf(part, { id, ended, call, request }) }
  })
}

const prefixes = { reasoning: 'rs', text: 'msg', tool: 'fc' } as const

type About = { id: string; ended: string; call: OpenCall; request: ResponsesRequest }

function itemOf(part: AnswerPart, { id, ended, call, request }: About): { begun: object; whole: object } {
  const text = part.pieces.join('')
  switch (part.kind) {
    case 'text': {
      const item = { id, type: 'message', role: 'assistant' }
      return {
        begun: { ...item, status: 'in_progress', content: [] },
        whole: { ...item, status: ended, content: [textPart(text)] },
      }
    }
    case 'reasoning': {
      const item = { id, type: 'reasoning' }
      const sealed = request.include?.includes('reasoning.encrypted_content')
        ? { encrypted_content: sealReasoning(text, call.key) }
        : {}
      const summary = showsSummary(request) ? [{ type: 'summary_text', text }] : []
      return { begun: { ...item, summary: [] }, whole: { ...item, summary, ...sealed } }
    }
    case 'tool': {
      const item = { id, type: 'function_call', call_id: `call_${part.id}`, name: part.name }
      return {
        begun: { ...item, status: 'in_progress', arguments: '' },
        whole: { ...item, status: ended, arguments: text },
      }
    }
  }
}

/** A text as the part of a message. */
export const textPart = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] })

/** Whether the reasoning is shown in words. */
export const showsSummary = ({ reasoning }: ResponsesRequest): boolean =>
  reasoning?.summary !== undefined && reasoning.summary !== null
