import type { ServerResponse } from 'node:http'
import { sendJson } from '../http/reply.ts'
import type { Pace } from '../simulation.ts'
import type { OpenCall } from './chat-call.ts'
import { systemFingerprint } from './identity.ts'
import { reportedUsage } from './usage.ts'

/** Sends an answer in one piece, after the time it would have taken to generate. */
export function wholeAnswer(call: OpenCall, pace: Pace, response: ServerResponse): void {
  const { choices, completionTokens } = call.plan
  const longest = Math.max(...choices.map(({ tokens }) => tokens))
  const { ttftMs, tokensPerSecond } = pace
  const waitMs = ttftMs + (tokensPerSecond > 0 ? (longest / tokensPerSecond) * 1_000 : 0)
  if (waitMs === 0) return send(call, pace, response)

  const startedAt = performance.now()
  call.generated = () => {
    const seconds = (performance.now() - startedAt - ttftMs) / 1_000
    if (seconds <= 0 || tokensPerSecond === 0) return 0
    const each = Math.floor(seconds * tokensPerSecond)
    return Math.min(completionTokens, each * choices.length)
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
  sendJson(response, 200, bodyOf(call), call.headers)
}

function bodyOf({ id, plan, created }: OpenCall): string {
  const choices = plan.choices.map(
    ({ message, finishReason }, index) =>
      `{"index":${index},"message":${message},"logprobs":null,"finish_reason":"${finishReason}"}`,
  )
  const usage = reportedUsage(plan.promptTokens, plan.completionTokens, plan.marks.usage)
  return (
    `{"id":"${id}","object":"chat.completion","created":${created},` +
    `"model":"${plan.model.id}","choices":[${choices.join()}],` +
    `${usage === undefined ? '' : `"usage":${usage},`}` +
    `"service_tier":"default","system_fingerprint":"${systemFingerprint}"}`
  )
}
