import type { IncomingMessage, ServerResponse } from 'node:http'
import { randomUUID } from 'node:crypto'
import { answerCall } from '../call/answer-call.ts'
import type { Dialect } from '../call/dialect.ts'
import { openaiChat } from '../openai/dialect.ts'
import type { Simulation } from '../simulation.ts'

/** OpenAI's responses: received and refused as its chats are. */
const openaiResponses: Dialect = {
  ...openaiChat,
  name: 'openai-responses',
  newId: () => `resp_${randomUUID().replaceAll('-', '')}`,
}

/** `POST /v1/responses`. */
export const responses = (simulation: Simulation, request: IncomingMessage, response: ServerResponse): Promise<void> =>
  answerCall(simulation, { dialect: openaiResponses, plan: simulation.planners.responses }, request, response)
