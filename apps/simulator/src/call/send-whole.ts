import type { ServerResponse } from 'node:http'
import { sendJson } from '../http/reply.ts'
import type { Pace } from '../simulation.ts'
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

function send(call: OpenCall, { cutAfter }: Pace, response: ServerResponse): void {
  const { completionTokens } = call.plan
  if (cutAfter !== null) {
    call.end({ end: 'cut', status: 0, generatedTokens: Math.min(cutAfter, completionTokens) })
    response.destroy()
    return
  }
  call.end({ end: 'complete', status: 200, generatedTokens: completionTokens })
  sendJson(response, 200, call.plan.whole(call), call.headers)
}
