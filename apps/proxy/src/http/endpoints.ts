import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Dialect } from '@tollkeeper/domain/chat'
import { fail, type Failure } from '@tollkeeper/domain/failure'
import type { Identify } from '../pipeline/authenticate.ts'
import type { Standing } from '../standing/standing.ts'
import { sendFailure, statusOf } from './failure-reply.ts'
import type { Readiness } from './health.ts'
import { sendJson } from './json-reply.ts'
import { modelList, oneModel } from './models.ts'
import { narrowingOf } from './receive.ts'
import { underV1, type Endpoint, type Given, type KeyedGiven, type PlainTold } from './server.ts'

export type EndpointDeps = {
  chat: (dialect: Dialect) => (request: IncomingMessage, response: ServerResponse, given: KeyedGiven) => Promise<void>
  identify: Identify
  keyReport: (standing: Standing) => Promise<object>
  countTokens: (request: IncomingMessage, given: KeyedGiven) => Promise<object>
  quote: (request: IncomingMessage, given: KeyedGiven) => Promise<object>
  readiness: () => Promise<Readiness>
  metrics: () => Promise<{ text: string; contentType: string }>
  verify: (body: Buffer) => Promise<object>
  explain: (body: Buffer) => Promise<object>
  syncLimits: {
    forConsole: (body: Buffer) => Promise<object>
    forKey: (standing: Standing) => Promise<object>
  }
  tokens: { internal: string; metrics: string | undefined }
  asFailure: (error: unknown) => Failure
  extraHeaders: () => readonly string[]
  tell: (told: PlainTold) => void
}

/** Every route, in one list. */
export function endpointsOf(deps: EndpointDeps): Endpoint[] {
  /** Answers with one JSON value, or with a status and one. */
  const json =
    <Input extends Given>(
      route: string,
      make: (given: Input, request: IncomingMessage) => Promise<Reply | object> | Reply | object,
      dialect: Dialect = 'openai-chat',
    ) =>
    async (request: IncomingMessage, response: ServerResponse, given: Input): Promise<void> => {
      const extra = deps.extraHeaders()
      try {
        const made = await make(given, request)
        const reply = made instanceof Reply ? made : new Reply(200, made)
        sendJson(response, reply.status, reply.body, { requestId: given.requestId, extra })
        deps.tell({ requestId: given.requestId, route, status: reply.status, failure: null })
      } catch (error) {
        const failure = deps.asFailure(error)
        sendFailure(response, failure, { requestId: given.requestId, dialect, extra })
        deps.tell({
          requestId: given.requestId,
          route,
          status: statusOf(failure, dialect),
          failure: failure.code,
        })
      }
    }
  /** By a caller with a key. */
  const keyed = (
    method: 'GET' | 'POST',
    paths: readonly string[],
    make: (standing: Standing, given: Given) => Promise<object> | object,
  ): Endpoint => ({
    method,
    paths,
    needsKey: true,
    answer: json(paths[0] ?? '', async (given: KeyedGiven, request) =>
      make(await deps.identify(given.key, narrowingOf(request)), given),
    ),
  })
  /** `GET` by anybody. */
  const open = (paths: readonly string[], answer: ReturnType<typeof json>): Endpoint => ({
    method: 'GET',
    paths,
    needsKey: false,
    answer,
  })
  /** `POST` by our own processes. */
  const internal = (path: string, make: (body: Buffer) => Promise<object>): Endpoint => ({
    method: 'POST',
    paths: [path],
    needsKey: false,
    answer: json(path, ({ body }, request) => {
      if (!carries(request, deps.tokens.internal)) throw fail('invalid_api_key', undefined)
      return make(body ?? Buffer.alloc(0))
    }),
  })
  const fine = json('/livez', () => ({ status: 'ok' }))
  const ready = json('/readyz', async () => {
    const state = await deps.readiness()
    return new Reply(state.ready ? 200 : 503, { status: state.ready ? 'ok' : 'unavailable', ...state })
  })

  return [
    { method: 'POST', paths: underV1('/chat/completions'), needsKey: true, answer: deps.chat('openai-chat') },
    {
      method: 'POST',
      paths: underV1('/responses'),
      needsKey: true,
      dialect: 'openai-responses',
      answer: deps.chat('openai-responses'),
    },
    {
      method: 'POST',
      paths: underV1('/embeddings'),
      needsKey: true,
      dialect: 'openai-embeddings',
      answer: deps.chat('openai-embeddings'),
    },
    {
      method: 'POST',
      paths: underV1('/messages'),
      needsKey: true,
      dialect: 'anthropic-messages',
      answer: deps.chat('anthropic-messages'),
    },
    {
      method: 'POST',
      paths: underV1('/messages/count_tokens'),
      needsKey: true,
      dialect: 'anthropic-messages',
      answer: json(
        '/v1/messages/count_tokens',
        (given: KeyedGiven, request) => deps.countTokens(request, given),
        'anthropic-messages',
      ),
    },
    {
      method: 'POST',
      paths: underV1('/quote'),
      needsKey: true,
      answer: json('/v1/quote', (given: KeyedGiven, request) => deps.quote(request, given)),
    },
    keyed('GET', underV1('/models'), (standing, { query }) => modelList(standing, query)),
    keyed('GET', underV1('/models/:model'), (standing, { params }) => oneModel(standing, params['model'] ?? '')),
    keyed('GET', underV1('/key'), deps.keyReport),
    keyed('POST', ['/sync/provider-limits'], deps.syncLimits.forKey),
    // Clients probe the base address; an answer without a redirect is all they want.
    open(['/livez', '/'], fine),
    open(['/readyz', '/health', '/v1/health'], ready),
    open(['/metrics'], async (request, response, { requestId }) => {
      if (deps.tokens.metrics !== undefined && !carries(request, deps.tokens.metrics))
        return sendFailure(response, fail('invalid_api_key', undefined), { requestId, dialect: 'openai-chat' })
      const { text, contentType } = await deps.metrics()
      sendText(response, text, contentType)
    }),
    internal('/internal/providers/verify', deps.verify),
    internal('/internal/explain', deps.explain),
    internal('/internal/providers/sync-limits', deps.syncLimits.forConsole),
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
