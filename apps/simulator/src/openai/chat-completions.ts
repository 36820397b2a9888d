import type { IncomingMessage, ServerResponse } from 'node:http'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterScriptedCall } from '../behaviour.ts'
import { type BodyRead, readBody } from '../http/body.ts'
import { sendJson } from '../http/reply.ts'
import { type Simulation, paceOf } from '../simulation.ts'
import { type OpenCall, answeredCall, callStart, keyOf, refusedCall } from './chat-call.ts'
import type { Planned } from './chat-plan.ts'
import { type OpenAiFailure, rateLimited, scripted, tooLarge } from './failure.ts'
import { gateRefusal } from './gate.ts'
import { completionId } from './identity.ts'
import { streamAnswer } from './stream-answer.ts'
import { wholeAnswer } from './whole-answer.ts'

/** `POST /v1/chat/completions`. */
export async function chatCompletions(
  simulation: Simulation,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const at = new Date()
  const requestId = `req_${randomUUID().replaceAll('-', '')}`
  const start = callStart(request, requestId, at)
  const entry = simulation.record.begin()

  const body = await readBody(request)
  if (body.kind === 'gone') return entry.end(refusedCall(start, null, 0, 'client-left'))
  const planned = planOf(simulation, body)
  const headers: Record<string, string> = { 'x-request-id': requestId, 'openai-version': '2020-10-01' }
  const refuse = (failure: OpenAiFailure) => {
    entry.end(refusedCall(start, planned, failure.status))
    sendJson(response, failure.status, JSON.stringify(failure.body), { ...headers, ...failure.headers })
  }

  const failure = gateRefusal(simulation, request) ?? scriptedRefusal(simulation)
  if (failure) return refuse(failure)
  if (planned.kind === 'refused') return refuse(planned.failure)
  const { plan } = planned
  const taken = simulation.buckets.take(
    keyOf(request) ?? '',
    plan.promptTokens + plan.completionTokens,
    simulation.behaviour.rateLimits,
    at.getTime(),
  )
  Object.assign(headers, taken.headers)
  if (!taken.allowed) return refuse(rateLimited(taken.retryAfterMs, taken.headers))

  const call: OpenCall = {
    id: completionId(),
    plan,
    headers,
    created: Math.floor(at.getTime() / 1_000),
    generated: () => 0,
    end: (how) => entry.end(answeredCall(start, plan, how, simulation.behaviour.abortedBilling)),
  }
  response.once('close', () => {
    const status = response.headersSent ? response.statusCode : 0
    call.end({ end: 'client-left', status, generatedTokens: call.generated() })
  })
  if (plan.marks.hang) return
  if (plan.marks.status) {
    if (plan.marks.slow) await sleep(plan.marks.slow)
    return refuse(scripted(plan.marks.status.code, plan.marks.status.retryAfter))
  }
  const pace = paceOf(plan, simulation.behaviour)
  if (plan.request.stream) streamAnswer(call, pace, response)
  else wholeAnswer(call, pace, response)
}

function planOf(simulation: Simulation, body: Exclude<BodyRead, { kind: 'gone' }>): Planned {
  if (body.kind === 'too-large') return { kind: 'refused', failure: tooLarge(), request: null }
  return simulation.planChat(body.text)
}

function scriptedRefusal(simulation: Simulation): OpenAiFailure | undefined {
  const { status, retryAfterSeconds } = simulation.behaviour
  if (status === null) return undefined
  simulation.behaviour = afterScriptedCall(simulation.behaviour)
  return scripted(status, retryAfterSeconds)
}
