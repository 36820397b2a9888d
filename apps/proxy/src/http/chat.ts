import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Dialect } from '@tollkeeper/domain/chat'
import type { RequestId } from '@tollkeeper/domain/id'
import { Turn } from '../concurrency/turn.ts'
import type { Answered, Journey, SentKey } from '../pipeline/exchange.ts'
import { answerChat, type Rooms } from '../pipeline/pipeline.ts'
import { sendStream } from './event-stream-reply.ts'
import { sendFailure } from './failure-reply.ts'
import { answerHeaders, legHeaders } from './headers.ts'
import { beginJourney, deadlineOf, idempotencyKeyOf, mayShareOf, narrowingOf, passedHeadersOf } from './receive.ts'

export type ChatDeps = {
  rooms: Rooms
  now: () => number
  monotonic: () => number
  /** A request that asks for no shorter one has this long. */
  longestMs: number
  /** Headers of every answer of now: `connection: close` while shutting down. */
  extraHeaders: () => readonly string[]
}

const nothing = Buffer.alloc(0)

/** A route that answers chats in a dialect: the outermost rooms, receive and reply. */
export function makeChat(deps: ChatDeps, dialect: Dialect) {
  return async (
    request: IncomingMessage,
    response: ServerResponse,
    given: { requestId: RequestId; body: Buffer | undefined; key: SentKey },
  ): Promise<void> => {
    const { requestId } = given
    const { socket } = request
    let journey: Journey | undefined
    try {
      const at = { ms: deps.now(), monotonic: deps.monotonic(), deadlineMs: deadlineOf(request, deps.longestMs) }
      journey = beginJourney({ requestId, dialect }, request, at)
      const received = {
        journey,
        key: given.key,
        narrowing: narrowingOf(request),
        body: given.body ?? nothing,
        passedHeaders: passedHeadersOf(dialect, request),
        client: { gone: () => socket.destroyed },
        idempotencyKey: idempotencyKeyOf(request),
        mayShare: mayShareOf(request),
        turn: new Turn(),
      }
      reply(response, await answerChat(received, deps.rooms), deps.extraHeaders())
    } catch (error) {
      const extra = [...(journey ? legHeaders(journey) : []), ...deps.extraHeaders()]
      sendFailure(response, deps.rooms.record.asFailure(error), { requestId, dialect, extra })
    }
  }
}

function reply(response: ServerResponse, answered: Answered, extra: readonly string[]): void {
  if (answered.kind === 'stream') return sendStream(response, answered, extra)
  if (response.destroyed) return
  const { body } = answered
  response.writeHead(200, [
    'content-type',
    'application/json',
    'content-length',
    String(body.length),
    ...answerHeaders(answered),
    ...extra,
  ])
  response.end(body)
}
