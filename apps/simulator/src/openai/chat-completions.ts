import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerCall } from '../call/answer-call.ts'
import type { Simulation } from '../simulation.ts'
import { openaiChat } from './dialect.ts'

/** `POST /v1/chat/completions`. */
export const chatCompletions = (
  simulation: Simulation,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => answerCall(simulation, { dialect: openaiChat, plan: simulation.planners.chat }, request, response)
