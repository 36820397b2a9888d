import type { Answer } from '../answer/generate.ts'
import type { OpenCall } from '../call/open-call.ts'
import type { StreamScript, StreamStep } from '../call/stream-script.ts'
import { type OutputItem, itemsOfAnswer, showsSummary, textPart } from './output-item.ts'
import type { ResponsesRequest } from './responses-request.ts'
import { failedResponse, openResponse } from './response-body.ts'

/** An answer, and the response as it is when all of it is written. */
type Shown = { answer: Answer; ended: (call: OpenCall) => object }

/** Writes one event, with the next number. */
type WriteEvent = (type: string, fields: object) => string

/**
 * A response as events: created, in progress; for each item added, its parts and deltas, done; and completed, or
 * incomplete when it was cut at its cap.
 */
export function responseScript(call: OpenCall, request: ResponsesRequest, { answer, ended }: Shown): StreamScript {
  let number = 0
  const write: WriteEvent = (type, fields) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number++, ...fields })}\n\n`
  const response = openResponse(call, request)
  // What ends an item goes out with what comes after it, so that a step is a token.
  const waiting = { frames: '' }
  const items = itemsOfAnswer(call, request, answer)
  const last = answer.ended === 'length' ? 'response.incomplete' : 'response.completed'
  return {
    opening: write('response.created', { response }) + write('response.in_progress', { response }),
    openingTokens: 0,
    steps: stepsOf(items, request, { write, waiting }),
    ending: () => waiting.frames + write(last, { response: ended(call) }),
    more: () =>
      write('response.output_text.delta', {
        item_id: items.at(-1)?.id ?? '',
        output_index: items.length - 1,
        content_index: 0,
        delta: ' more',
        logprobs: [],
      }),
    failure: () => write('response.failed', { response: failedResponse(call, request) }),
  }
}

type Out = { write: WriteEvent; waiting: { frames: string } }

function* stepsOf(items: readonly OutputItem[], request: ResponsesRequest, out: Out): Generator<StreamStep, void> {
  const { write, waiting } = out
  const taken = () => {
    const { frames } = waiting
    waiting.frames = ''
    return frames
  }
  for (const [index, { id, part, begun, whole }] of items.entries()) {
    const at = { item_id: id, output_index: index }
    const face = faceOf(part.kind, request)
    waiting.frames += write('response.output_item.added', { output_index: index, item: begun })
    if (part.kind === 'tool') yield { frame: taken(), tokens: part.nameTokens }
    if (face) waiting.frames += face.begin(write, at)
    for (const piece of part.pieces) {
      const frame = face && piece !== '' ? write(face.delta, { ...at, ...face.place, delta: piece }) : ''
      yield { frame: frame && taken() + frame, tokens: 1 }
    }
    if (face) waiting.frames += face.end(write, at, part.pieces.join(''))
    waiting.frames += write('response.output_item.done', { output_index: index, item: whole })
  }
}

/** How the text of an item is shown while it is written. */
type Face = {
  delta: string
  place: object
  begin(write: WriteEvent, at: object): string
  end(write: WriteEvent, at: object, text: string): string
}

function faceOf(kind: 'reasoning' | 'text' | 'tool', request: ResponsesRequest): Face | undefined {
  if (kind === 'text') return textFace
  if (kind === 'tool') return argumentsFace
  return showsSummary(request) ? summaryFace : undefined
}

const inContent = { content_index: 0 }
const textFace: Face = {
  delta: 'response.output_text.delta',
  place: { ...inContent, logprobs: [] },
  begin: (write, at) => write('response.content_part.added', { ...at, ...inContent, part: textPart('') }),
  end: (write, at, text) =>
    write('response.output_text.done', { ...at, ...inContent, text, logprobs: [] }) +
    write('response.content_part.done', { ...at, ...inContent, part: textPart(text) }),
}

const argumentsFace: Face = {
  delta: 'response.function_call_arguments.delta',
  place: {},
  begin: () => '',
  end: (write, at, text) => write('response.function_call_arguments.done', { ...at, arguments: text }),
}

const inSummary = { summary_index: 0 }
const summaryPart = (text: string) => ({ type: 'summary_text', text })
const summaryFace: Face = {
  delta: 'response.reasoning_summary_text.delta',
  place: inSummary,
  begin: (write, at) => write('response.reasoning_summary_part.added', { ...at, ...inSummary, part: summaryPart('') }),
  end: (write, at, text) =>
    write('response.reasoning_summary_text.done', { ...at, ...inSummary, text }) +
    write('response.reasoning_summary_part.done', { ...at, ...inSummary, part: summaryPart(text) }),
}
