import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerCall } from '../call/answer-call.ts'
import { gateFault, newRequestId } from '../call/gate.ts'
import type { Fault } from '../fault.ts'
import { readBody } from '../http/body.ts'
import { sendJson } from '../http/reply.ts'
import { modelOf } from '../models.ts'
import type { Simulation } from '../simulation.ts'
import { tokensOf } from '../tokens.ts'
import { countRequest } from './count.ts'
import { anthropicMessages } from './dialect.ts'
import { readMessagesRequest } from './messages-request.ts'

/** `POST /v1/messages`. */
export const messages = (simulation: Simulation, request: IncomingMessage, response: ServerResponse): Promise<void> =>
  answerCall(simulation, { dialect: anthropicMessages, plan: simulation.planners.messages }, request, response)

/** `POST /v1/messages/count_tokens`: what the input of that request would be. It is not billed and not recorded. */
export async function countTokens(
  simulation: Simulation,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = newRequestId()
  const headers = anthropicMessages.headers(requestId)
  const refuse = (fault: Fault) => {
    const failure = anthropicMessages.failureOf(fault, requestId)
    sendJson(response, failure.status, JSON.stringify(failure.body), { ...headers, ...failure.headers })
  }
  const body = await readBody(request)
  if (body.kind === 'gone') return
  const fault = gateFault(simulation, anthropicMessages, request)
  if (fault) return refuse(fault)
  if (body.kind === 'too-large') return refuse({ kind: 'too-large' })
  const read = readMessagesRequest(body.text, { counts: true })
  if (read.kind === 'refused') return refuse(read.fault)
  if (!modelOf(read.request.model)) return refuse({ kind: 'no-model', id: read.request.model })
  const { tokens } = countRequest(read.request, tokensOf, false)
  sendJson(response, 200, JSON.stringify({ input_tokens: tokens }), headers)
}
