import type { IncomingMessage, ServerResponse } from 'node:http'
import { anthropicModels } from './anthropic/model-list.ts'
import { countTokens, messages } from './anthropic/messages.ts'
import { control } from './control/control.ts'
import { controlPage } from './control/page.ts'
import { embeddings } from './embeddings/embeddings.ts'
import { sendJson } from './http/reply.ts'
import { chatCompletions } from './openai/chat-completions.ts'
import { unknownUrl } from './openai/failure.ts'
import { modelList } from './openai/model-list.ts'
import { responses } from './responses/responses.ts'
import type { Simulation } from './simulation.ts'

const modelsPath = '/v1/models'

/** Sends a request to the route of its path; a dialect is a folder, and its routes are lines here. */
export async function route(simulation: Simulation, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url: target = '/' } = request
  // First and without parsing the URL, since benchmarks send nothing else.
  if (method === 'POST' && target === '/v1/chat/completions') return chatCompletions(simulation, request, response)

  const url = URL.parse(target, 'http://simulator')
  const path = url?.pathname ?? target
  if (method === 'POST' && path === '/v1/chat/completions') return chatCompletions(simulation, request, response)
  if (method === 'POST' && path === '/v1/responses') return responses(simulation, request, response)
  if (method === 'POST' && path === '/v1/embeddings') return embeddings(simulation, request, response)
  if (method === 'POST' && path === '/v1/messages') return messages(simulation, request, response)
  if (method === 'POST' && path === '/v1/messages/count_tokens') return countTokens(simulation, request, response)
  if (isRead(method) && (path === modelsPath || path.startsWith(`${modelsPath}/`))) {
    const id = path === modelsPath ? undefined : decoded(path.slice(modelsPath.length + 1))
    // One path, two vendors: only one of them has this header.
    if (request.headers['anthropic-version'] === undefined) return modelList(simulation, request, response, id)
    return anthropicModels(
      simulation,
      request,
      response,
      id === undefined ? { page: url?.searchParams ?? new URLSearchParams() } : { id },
    )
  }
  if (isRead(method) && path === '/') return controlPage(response)
  if (url && path.startsWith('/__sim/') && (await control(simulation, request, response, url))) return

  request.resume()
  const status = known.has(path) ? 405 : 404
  sendJson(response, status, JSON.stringify(unknownUrl(status, method, path).body))
}

const known = new Set([
  '/',
  '/v1/chat/completions',
  '/v1/responses',
  '/v1/embeddings',
  '/v1/messages',
  '/v1/messages/count_tokens',
  '/v1/models',
])

const isRead = (method: string) => method === 'GET' || method === 'HEAD'

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
