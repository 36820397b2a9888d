import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerCall } from '../call/answer-call.ts'
import { openaiChat } from '../openai/dialect.ts'
import type { Simulation } from '../simulation.ts'

/** `POST /v1/embeddings`. The module is loaded when it is first needed: its tokens are those of another table. */
export async function embeddings(
  simulation: Simulation,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { planEmbeddings } = await import('./embeddings-plan.ts')
  return answerCall(
    simulation,
    { dialect: { ...openaiChat, name: 'openai-embeddings' }, plan: planEmbeddings },
    request,
    response,
  )
}
