import type { ServerResponse } from 'node:http'
import type { Pace } from '../simulation.ts'
import type { OpenCall } from './chat-call.ts'
import { systemFingerprint } from './identity.ts'
import { reportedUsage } from './usage.ts'

/**
 * Sends an answer as server-sent events: an opening chunk for each choice, one chunk for each output
 * token (the choices take turns), the finish of each choice, the usage if it was asked for, `[DONE]`.
 */
export function streamAnswer(call: OpenCall, pace: Pace, response: ServerResponse): void {
  if (pace.ttftMs === 0) return run(call, pace, response)
  const timer = setTimeout(() => run(call, pace, response), pace.ttftMs)
  response.once('close', () => clearTimeout(timer))
}

function run(call: OpenCall, { tokensPerSecond, cutAfter }: Pace, response: ServerResponse): void {
  const chunk = chunkWriter(call)
  const { choices } = call.plan
  const deltas = inTurns(call)
  const framesPerMs = (tokensPerSecond * choices.length) / 1_000
  const startedAt = performance.now()
  let generated = choices.reduce((sum, { openingTokens }) => sum + openingTokens, 0)
  let sent = 0
  let timer: NodeJS.Timeout | undefined
  call.generated = () => generated

  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    ...call.headers,
  })
  response.write(choices.map(({ opening }, index) => chunk(index, opening, null)).join(''))
  response.once('close', () => clearTimeout(timer))

  const step = (): void => {
    if (response.destroyed) return
    // Unpaced, one token a turn of the event loop: other calls go on, and each token is a write.
    const due = framesPerMs > 0 ? Math.floor((performance.now() - startedAt) * framesPerMs) + 1 : sent + 1
    let flowing = true
    while (sent < due) {
      if (cutAfter !== null && generated >= cutAfter) return cut()
      const next = deltas.next()
      if (next.done) return finish()
      sent += 1
      generated += 1
      if (next.value.delta !== '') flowing = response.write(chunk(next.value.index, next.value.delta, null))
    }
    if (!flowing) response.once('drain', step)
    else if (framesPerMs === 0) setImmediate(step)
    else timer = setTimeout(step, Math.max(1, sent / framesPerMs - (performance.now() - startedAt)))
  }
  const cut = () => {
    call.end({ end: 'cut', status: 200, generatedTokens: generated })
    // What was written goes out first, then the connection breaks without an end.
    setImmediate(() => response.destroy())
  }
  const finish = () => {
    call.end({ end: 'complete', status: 200, generatedTokens: generated })
    const ends = choices.map(({ finishReason }, index) => chunk(index, '{}', finishReason))
    response.end(`${ends.join('')}${usageChunks(call)}data: [DONE]\n\n`)
  }
  setImmediate(step)
}

function* inTurns({ plan }: OpenCall): Generator<{ index: number; delta: string }> {
  const lists = plan.choices.map(({ deltas }) => deltas())
  const longest = Math.max(...lists.map(({ length }) => length))
  for (let at = 0; at < longest; at += 1)
    for (const [index, list] of lists.entries()) {
      const delta = list[at]
      if (delta !== undefined) yield { index, delta }
    }
}

type ChunkWriter = (index: number, delta: string, finishReason: string | null) => string

function chunkWriter(call: OpenCall): ChunkWriter {
  const head = chunkHead(call)
  // As in the real API: null in every chunk but the last, and only for those who asked for usage.
  const tail = call.plan.request.stream_options?.include_usage ? '],"usage":null}\n\n' : ']}\n\n'
  return (index, delta, finishReason) =>
    `${head}{"index":${index},"delta":${delta},"logprobs":null,"finish_reason":${finishReason === null ? 'null' : `"${finishReason}"`}}${tail}`
}

function usageChunks(call: OpenCall): string {
  const { plan } = call
  if (!plan.request.stream_options?.include_usage) return ''
  const usage = reportedUsage(plan.promptTokens, plan.completionTokens, plan.marks.usage)
  if (usage === undefined) return ''
  const chunk = `${chunkHead(call)}],"usage":${usage}}\n\n`
  return plan.marks.usage === 'twice' ? chunk + chunk : chunk
}

function chunkHead({ plan, created, id }: OpenCall): string {
  return (
    `data: {"id":"${id}","object":"chat.completion.chunk","created":${created},` +
    `"model":"${plan.model.id}","service_tier":"default",` +
    `"system_fingerprint":"${systemFingerprint}","choices":[`
  )
}
