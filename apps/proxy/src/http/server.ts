import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Dialect } from '@tollkeeper/domain/chat'
import { fail, Failure } from '@tollkeeper/domain/failure'
import type { RequestId } from '@tollkeeper/domain/id'
import fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify'
import type { SentKey } from '../pipeline/exchange.ts'
import { newRequestId } from '../observe/request-id.ts'
import { answerBrokenRequest } from './broken-request.ts'
import { sendFailure, statusOf } from './failure-reply.ts'
import { checkMedia, guard, maxBodyBytes } from './guard.ts'
import { keyOf } from './key-of.ts'

type Answer<Input> = (request: IncomingMessage, response: ServerResponse, given: Input) => Promise<void> | void

/** One route, with the paths it answers at. One that needs a key refuses strangers before it reads their body. */
export type Endpoint = {
  method: 'GET' | 'POST'
  paths: readonly string[]
  /** How its callers are told of failures, unless it is OpenAI's. */
  dialect?: Dialect
} & ({ needsKey: true; answer: Answer<KeyedGiven> } | { needsKey: false; answer: Answer<Given> })

export type Given = {
  requestId: RequestId
  body: Buffer | undefined
  params: Readonly<Record<string, string>>
  query: Readonly<Record<string, string | undefined>>
}
export type KeyedGiven = Given & { key: SentKey }

/**
 * The end of a request that did not walk through the rooms. `route` is the first path of its endpoint, or 'none': never
 * what was asked for, which may hold anything, also a key.
 */
export type PlainTold = { requestId: string; route: string; status: number; failure: string | null }

export type ServerOptions = {
  maxConnections: number
  extraHeaders: () => readonly string[]
  /** Hears of every request that no endpoint answered. */
  tell: (told: PlainTold) => void
  onDefect: (error: unknown) => void
}

/** What is known of a request that is refused. */
type Known = { id?: string; endpoint?: Endpoint | undefined }

const endpointOf = ({ routeOptions }: FastifyRequest): Endpoint | undefined =>
  (routeOptions.config as { endpoint?: Endpoint }).endpoint

/** Clients get these paths wrong in two ways: without `/v1`, and with it twice (wire.md 2.1). */
export const underV1 = (path: string): string[] => [`/v1${path}`, path, `/v1/v1${path}`]

/**
 * The HTTP server. Fastify routes and reads bodies; everything is answered on the raw response, since its reply
 * machinery would cost more than the walk.
 */
export function makeServer(endpoints: readonly Endpoint[], options: ServerOptions): FastifyInstance {
  const refuse = (request: IncomingMessage, response: ServerResponse, failure: Failure, known: Known = {}) => {
    const { id = newRequestId(), endpoint } = known
    const dialect = endpoint?.dialect ?? 'openai-chat'
    // What is left of a body that nobody reads must not become the next request.
    const close = request.complete ? [] : ['connection', 'close']
    sendFailure(response, failure, { requestId: id, dialect, extra: [...options.extraHeaders(), ...close] })
    const route = endpoint?.paths[0] ?? 'none'
    options.tell({ requestId: id, route, status: statusOf(failure, dialect), failure: failure.code })
  }

  const app = fastify({
    serverFactory: (handle) => rawServer(handle, options),
    clientErrorHandler: (error, socket) => answerBrokenRequest(error as unknown as Error, socket),
    genReqId: newRequestId,
    bodyLimit: maxBodyBytes,
    routerOptions: {
      caseSensitive: true,
      ignoreTrailingSlash: false,
      maxParamLength: 300,
      onMaxParamLength: (_path, request, response) =>
        refuse(request, response, fail('invalid_http', { why: 'the path is too long' }, { status: 414 })),
      onBadUrl: (_path, request, response) =>
        refuse(request, response, fail('invalid_http', { why: 'the path is malformed' })),
    },
    exposeHeadRoutes: false,
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  for (const endpoint of endpoints) {
    for (const url of endpoint.paths) {
      app.route({
        method: endpoint.method === 'GET' ? ['GET', 'HEAD'] : endpoint.method,
        url,
        config: { endpoint },
        handler(request, reply) {
          reply.hijack()
          const answered = answerOf(endpoint, request, reply.raw)
          answered?.catch((error: unknown) => {
            options.onDefect(error)
            refuse(request.raw, reply.raw, fail('internal', undefined), { id: request.id, endpoint })
          })
        },
      })
    }
  }
  app.decorateRequest('sentKey', null)
  app.addHook('onRequest', (request, reply, done) => {
    const endpoint = endpointOf(request)
    try {
      guard(request.raw)
      if (!endpoint) throw notFound(endpoints, request.raw)
      if (endpoint.needsKey) request.setDecorator<SentKey>('sentKey', keyOf(request.raw))
      if (endpoint.method === 'POST') checkMedia(request.raw)
    } catch (error) {
      reply.hijack()
      return refuse(request.raw, reply.raw, failureOf(error, options), { id: request.id, endpoint })
    }
    done()
  })
  app.setErrorHandler((error, request, reply) => {
    reply.hijack()
    refuse(request.raw, reply.raw, failureOf(error, options), { id: request.id, endpoint: endpointOf(request) })
  })
  return app
}

function answerOf(endpoint: Endpoint, request: FastifyRequest, response: ServerResponse): Promise<void> | void {
  const given: Given = {
    requestId: request.id as RequestId,
    body: request.body as Buffer | undefined,
    params: request.params as Given['params'],
    query: request.query as Given['query'],
  }
  if (!endpoint.needsKey) return endpoint.answer(request.raw, response, given)
  return endpoint.answer(request.raw, response, { ...given, key: request.getDecorator<SentKey>('sentKey') })
}

function notFound(endpoints: readonly Endpoint[], { method = '', url = '' }: IncomingMessage): Failure {
  const path = pathOf(url)
  const there = endpoints.some((each) => each.paths.some((known) => matches(known, path)))
  if (there) return fail('method_not_allowed', { method })
  return fail('route_not_found', { method, path: path.slice(0, 200) }, { code: 'unknown_url' })
}

function rawServer(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  options: ServerOptions,
): Server {
  const server = createServer(
    {
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 1_000,
      // Longer than load balancers keep idle connections, so that they never write into one we just closed.
      keepAliveTimeout: 75_000,
      maxHeaderSize: 16_384,
      highWaterMark: 65_536,
      // Missing hosts are refused by the guard, with a body.
      requireHostHeader: false,
      noDelay: true,
    },
    handle,
  )
  server.maxConnections = options.maxConnections
  return server
}

const pathOf = (url: string): string => url.split('?', 1)[0] ?? url

const matches = (known: string, path: string): boolean =>
  known.includes(':')
    ? path.startsWith(known.slice(0, known.indexOf(':'))) && path.length > known.indexOf(':')
    : known === path

function failureOf(error: unknown, options: ServerOptions): Failure {
  if (error instanceof Failure) return error
  const { code, statusCode } = error as Partial<FastifyError>
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return fail('request_too_large', { limitBytes: maxBodyBytes })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_EMPTY_TYPE':
      return fail('unsupported_media_type', { why: 'The body must be JSON: send "content-type: application/json".' })
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return fail('invalid_http', { why: 'the body is not as long as it says' })
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return fail('invalid_http', { why: 'the path is too long' }, { status: 414 })
    default:
      if ((statusCode ?? 500) < 500) return fail('invalid_http', { why: 'it cannot be read' })
      options.onDefect(error)
      return fail('internal', undefined)
  }
}
