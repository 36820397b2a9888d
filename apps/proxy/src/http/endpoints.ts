import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { fail, type Failure } from '@tollkeeper/domain/failure'
import { statusOf } from '@tollkeeper/wire/openai-chat'
import type { Identify } from '../pipeline/authenticate.ts'
import type { Standing } from '../standing/standing.ts'
import { sendFailure } from './failure-reply.ts'
import type { Readiness } from './health.ts'
import { sendJson } from './json-reply.ts'
import { modelList, oneModel } from './models.ts'
import { credentialsOf, narrowingOf } from './receive.ts'
import { underV1, type Endpoint, type Given, type PlainTold } from './server.ts'

export type EndpointDeps = {
  chat: Endpoint['answer']
  identify: Identify
  keyReport: (standing: Standing) => Promise<object>
  readiness: () => Promise<Readiness>
  metrics: () => Promise<{ text: string; contentType: string }>
  verify: (body: Buffer) => Promise<object>
  tokens: { internal: string; metrics: string | undefined }
  asFailure: (error: unknown) => Failure
  extraHeaders: () => readonly string[]
  tell: (told: PlainTold) => void
}

/** Every route, in one list. */
export function endpointsOf(deps: EndpointDeps): Endpoint[] {
  /** A route that answers with one JSON value, or a status and one. */
  const json =
    (make: (request: IncomingMessage, given: Given) => Promise<Reply | object> | Reply | object): Endpoint['answer'] =>
    async (request, response, given) => {
      const path = request.url?.split('?', 1)[0] ?? ''
      const extra = deps.extraHeaders()
      try {
        const made = await make(request, given)
        const reply = made instanceof Reply ? made : new Reply(200, made)
        sendJson(response, reply.status, reply.body, { requestId: given.requestId, extra })
        deps.tell({ requestId: given.requestId, path, status: reply.status, failure: null })
      } catch (error) {
        const failure = deps.asFailure(error)
        sendFailure(response, failure, given.requestId, extra)
        deps.tell({ requestId: given.requestId, path, status: statusOf(failure), failure: failure.code })
      }
    }
  const caller = (request: IncomingMessage) => deps.identify(credentialsOf(request), narrowingOf(request))
  const ready = json(async () => {
    const state = await deps.readiness()
    return new Reply(state.ready ? 200 : 503, { status: state.ready ? 'ok' : 'unavailable', ...state })
  })
  const get = (paths: readonly string[], answer: Endpoint['answer'], needsKey = false): Endpoint => ({
    method: 'GET',
    paths,
    needsKey,
    answer,
  })

  return [
    { method: 'POST', paths: underV1('/chat/completions'), needsKey: true, answer: deps.chat },
    get(
      underV1('/models'),
      json(async (request, { query }) => modelList(await caller(request), query)),
      true,
    ),
    get(
      underV1('/models/:model'),
      json(async (request, { params }) => oneModel(await caller(request), params['model'] ?? '')),
      true,
    ),
    get(
      underV1('/key'),
      json(async (request) => deps.keyReport(await caller(request))),
      true,
    ),
    get(
      ['/livez'],
      json(() => ({ status: 'ok' })),
    ),
    get(['/readyz', '/health', '/v1/health'], ready),
    // Clients probe the base address; an answer without a redirect is all they want.
    get(
      ['/'],
      json(() => ({ status: 'ok' })),
    ),
    get(['/metrics'], async (request, response, given) => {
      if (deps.tokens.metrics !== undefined && !carries(request, deps.tokens.metrics))
        return sendFailure(response, fail('invalid_api_key', undefined), given.requestId)
      const { text, contentType } = await deps.metrics()
      sendText(response, text, contentType)
    }),
    {
      method: 'POST',
      paths: ['/internal/providers/verify'],
      needsKey: false,
      answer: json((request, { body }) => {
        if (!carries(request, deps.tokens.internal)) throw fail('invalid_api_key', undefined)
        return deps.verify(body ?? Buffer.alloc(0))
      }),
    },
  ]
}

class Reply {
  readonly status: number
  readonly body: object

  constructor(status: number, body: object) {
    this.status = status
    this.body = body
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Whether a request carries a token, compared in constant time. */
const carries = ({ headers }: IncomingMessage, token: string): boolean =>
  timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${token}`))

function sendText(response: ServerResponse, text: string, contentType: string): void {
  if (response.destroyed) return
  response.writeHead(200, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) })
  response.end(text)
}
