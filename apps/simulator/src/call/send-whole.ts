import type { ServerResponse } from 'node:http'
import { sendJson } from '../http/reply.ts'
import type { Pace } from '../simulation.ts'
import { drip } from './drip.ts'
import { sendGarbage } from './garbage.ts'
import type { OpenCall } from './open-call.ts'

/** Sends an answer in one piece, after the time it would have taken to generate. */
export function sendWhole(call: OpenCall, pace: Pace, response: ServerResponse): void {
  const { longest, lanes, completionTokens } = call.plan
  const { ttftMs, tokensPerSecond } = pace
  const waitMs = ttftMs + (tokensPerSecond > 0 ? (longest / tokensPerSecond) * 1_000 : 0)
  if (waitMs === 0) return send(call, pace, response)

  const startedAt = performance.now()
  call.generated = () => {
    const seconds = (performance.now() - startedAt - ttftMs) / 1_000
    if (seconds <= 0 || tokensPerSecond === 0) return 0
    const each = Math.floor(seconds * tokensPerSecond)
    return Math.min(completionTokens, each * lanes)
  }
  const timer = setTimeout(() => send(call, pace, response), waitMs)
  response.once('close', () => clearTimeout(timer))
}

function send(call: OpenCall, { cut }: Pace, response: ServerResponse): void {
  const { completionTokens, marks } = call.plan
  call.generated = () => completionTokens
  const body = call.plan.whole(call)
  const head = { 'content-type': 'application/json', ...call.headers }
  if (marks.hang === 'headers' || marks.stall !== undefined) {
    response.writeHead(200, { ...head, 'content-length': Buffer.byteLength(body) })
    return response.flushHeaders()
  }
  if (cut !== null) {
    call.end({ end: 'cut', status: 0, generatedTokens: Math.min(cut.after, completionTokens) })
    if (cut.how === 'close') {
      response.writeHead(200, head)
      response.end(body.slice(0, body.length / 2))
    } else if (cut.how === 'reset') response.socket?.resetAndDestroy()
    else response.destroy()
    return
  }
  if (marks.garbage) return sendGarbage(call, response, { kind: marks.garbage, body, head })
  if (marks.drip !== undefined) {
    response.writeHead(200, { ...head, 'content-length': Buffer.byteLength(body) })
    return drip([{ frame: body, tokens: 0 }], response, {
      everyMs: marks.drip,
      wrote: () => undefined,
      done: () => call.end({ end: 'complete', status: 200, generatedTokens: completionTokens }),
    })
  }
  call.end({ end: 'complete', status: 200, generatedTokens: completionTokens })
  sendJson(response, 200, body, call.headers)
}
