import type { CallPlan } from '../call/call-plan.ts'
import type { OpenCall } from '../call/open-call.ts'
import type { StreamScript, StreamStep } from '../call/stream-script.ts'
import { reportsTwice } from '../call/reported.ts'
import type { Choice } from './answer.ts'
import { reportedUsage } from './usage.ts'

/** The backend configuration that answers name; it never changes here. */
const systemFingerprint = 'fp_51d0000001'

/** How a chat answer of these choices is shown, whole and streamed. */
export function showChat(choices: readonly Choice[]): Pick<CallPlan, 'whole' | 'script'> {
  return { whole: (call) => whole(call, choices), script: (call) => script(call, choices) }
}

function whole(call: OpenCall, choices: readonly Choice[]): string {
  const { id, plan, created } = call
  const shown = choices.map(
    ({ message, finishReason }, index) =>
      `{"index":${index},"message":${message},"logprobs":null,"finish_reason":"${finishReason}"}`,
  )
  const usage = reportedUsage(call)
  return (
    `{"id":"${id}","object":"chat.completion","created":${created},` +
    `"model":"${plan.model.id}","choices":[${shown.join()}],` +
    `${usage === undefined ? '' : `"usage":${usage},`}` +
    `"service_tier":"default","system_fingerprint":"${systemFingerprint}"}`
  )
}

/**
 * An opening chunk for each choice, one chunk for each output token (the choices take turns), the finish of each choice,
 * the usage if it was asked for, `[DONE]`.
 */
function script(call: OpenCall, choices: readonly Choice[]): StreamScript {
  const chunk = chunkWriter(call)
  return {
    opening: choices.map(({ opening }, index) => chunk(index, opening, null)).join(''),
    openingTokens: choices.reduce((sum, { openingTokens }) => sum + openingTokens, 0),
    steps: inTurns(choices, chunk),
    more: () => chunk(0, '{"content":" more"}', null),
    failure: () =>
      'data: {"error":{"message":"The simulator was told to fail here.","type":"server_error","param":null,"code":null}}\n\n',
    ending: () => {
      const ends = choices.map(({ finishReason }, index) => chunk(index, '{}', finishReason))
      return `${ends.join('')}${usageChunks(call)}data: [DONE]\n\n`
    },
  }
}

function* inTurns(choices: readonly Choice[], chunk: ChunkWriter): Generator<StreamStep, void> {
  const lists = choices.map(({ deltas }) => deltas())
  const longest = Math.max(...lists.map(({ length }) => length))
  for (let at = 0; at < longest; at += 1)
    for (const [index, list] of lists.entries()) {
      const delta = list[at]
      if (delta) yield { frame: delta.json && chunk(index, delta.json, null), tokens: delta.tokens }
    }
}

type ChunkWriter = (index: number, delta: string, finishReason: string | null) => string

function chunkWriter(call: OpenCall): ChunkWriter {
  const head = chunkHead(call)
  // As in the real API: null in every chunk but the last, and only for those who asked for usage.
  const tail = call.plan.asked.includeUsage ? '],"usage":null}\n\n' : ']}\n\n'
  return (index, delta, finishReason) =>
    `${head}{"index":${index},"delta":${delta},"logprobs":null,"finish_reason":${finishReason === null ? 'null' : `"${finishReason}"`}}${tail}`
}

function usageChunks(call: OpenCall): string {
  if (!call.plan.asked.includeUsage) return ''
  const reports = reportsTwice(call) ? [reportedUsage(call), reportedUsage(call, true)] : [reportedUsage(call)]
  return reports.map((usage) => (usage === undefined ? '' : `${chunkHead(call)}],"usage":${usage}}\n\n`)).join('')
}

function chunkHead({ plan, created, id }: OpenCall): string {
  return (
    `data: {"id":"${id}","object":"chat.completion.chunk","created":${created},` +
    `"model":"${plan.model.id}","service_tier":"default",` +
    `"system_fingerprint":"${systemFingerprint}","choices":[`
  )
}
