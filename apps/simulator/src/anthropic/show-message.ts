import type { Answer, AnswerPart } from '../answer/generate.ts'
import type { CallPlan } from '../call/call-plan.ts'
import { reportsTwice } from '../call/reported.ts'
import type { OpenCall } from '../call/open-call.ts'
import type { StreamScript, StreamStep } from '../call/stream-script.ts'
import { signatureOf } from './signature.ts'
import { endingUsage, openingUsage, wholeUsage } from './usage.ts'

const stopReasons = {
  stop: 'end_turn',
  'stop-sequence': 'stop_sequence',
  length: 'max_tokens',
  tool: 'tool_use',
} as const

/** How an answer is shown as a message, whole and streamed. */
export function showMessage(answer: Answer): Pick<CallPlan, 'whole' | 'script'> {
  // A block without text is not sent, as at Anthropic.
  const parts = answer.parts.filter((part) => part.kind === 'tool' || part.pieces.some((piece) => piece !== ''))
  const hidden = answer.parts.filter((part) => !parts.includes(part)).reduce((sum, part) => sum + part.pieces.length, 0)
  return {
    whole: (call) =>
      JSON.stringify({
        ...messageHead(call),
        content: parts.map(blockOf),
        stop_reason: stopReasons[answer.ended],
        stop_sequence: answer.stopSequence,
        stop_details: null,
        usage: wholeUsage(call),
      }),
    script: (call) => script(call, answer, { parts, hidden }),
  }
}

const messageHead = ({ id, plan }: OpenCall) => ({
  id,
  type: 'message',
  role: 'assistant',
  model: plan.model.id,
  container: null,
})

function blockOf(part: AnswerPart): object {
  const text = part.pieces.join('')
  switch (part.kind) {
    case 'text':
      return { type: 'text', text, citations: null }
    case 'reasoning':
      return { type: 'thinking', thinking: text, signature: signatureOf(text) }
    case 'tool':
      return {
        type: 'tool_use',
        id: `toolu_${part.id}`,
        name: part.name,
        input: inputOf(text),
        caller: { type: 'direct' },
      }
  }
}

/** The arguments as a value; those of a call that was cut have no end, and then there are none. */
function inputOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

type Shown = { parts: readonly AnswerPart[]; hidden: number }

function script(call: OpenCall, answer: Answer, shown: Shown): StreamScript {
  const start = {
    ...messageHead(call),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    usage: openingUsage(call),
  }
  const end = (last: boolean) =>
    event('message_delta', {
      delta: {
        stop_reason: stopReasons[answer.ended],
        stop_sequence: answer.stopSequence,
        stop_details: null,
        container: null,
      },
      usage: endingUsage(call, last),
    })
  // The ends of blocks go out with what comes after them, so that a step is a token.
  const waiting = { frames: '' }
  return {
    opening: event('message_start', { message: start }) + (shown.parts.length === 0 ? ping : ''),
    openingTokens: 0,
    steps: stepsOf(shown, waiting),
    ending: () => {
      const reports = reportsTwice(call) ? end(false) + end(true) : end(false)
      return waiting.frames + reports + event('message_stop', {})
    },
    more: () =>
      event('content_block_delta', {
        index: shown.parts.length - 1,
        delta: { type: 'text_delta', text: ' more' },
      }),
    failure: () => event('error', { error: { type: 'api_error', message: 'The simulator was told to fail here.' } }),
  }
}

function* stepsOf({ parts, hidden }: Shown, waiting: { frames: string }): Generator<StreamStep, void> {
  for (let token = 0; token < hidden; token += 1) yield { frame: '', tokens: 1 }
  const taken = () => {
    const { frames } = waiting
    waiting.frames = ''
    return frames
  }
  for (const [index, part] of parts.entries()) {
    waiting.frames += event('content_block_start', { index, content_block: emptyBlock(part) })
    if (index === 0) waiting.frames += ping
    if (part.kind === 'tool') yield { frame: taken(), tokens: part.nameTokens }
    for (const piece of part.pieces) {
      const frame = piece === '' ? '' : event('content_block_delta', { index, delta: deltaOf(part, piece) })
      yield { frame: frame && taken() + frame, tokens: 1 }
    }
    if (part.kind === 'reasoning')
      waiting.frames += event('content_block_delta', {
        index,
        delta: { type: 'signature_delta', signature: signatureOf(part.pieces.join('')) },
      })
    waiting.frames += event('content_block_stop', { index })
  }
}

function emptyBlock(part: AnswerPart): object {
  if (part.kind === 'tool')
    return { type: 'tool_use', id: `toolu_${part.id}`, name: part.name, input: {}, caller: { type: 'direct' } }
  return part.kind === 'text'
    ? { type: 'text', text: '', citations: null }
    : { type: 'thinking', thinking: '', signature: '' }
}

function deltaOf(part: AnswerPart, piece: string): object {
  if (part.kind === 'text') return { type: 'text_delta', text: piece }
  if (part.kind === 'reasoning') return { type: 'thinking_delta', thinking: piece }
  return { type: 'input_json_delta', partial_json: piece }
}

const event = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`

const ping = event('ping', {})
