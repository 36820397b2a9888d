import type { IncomingMessage } from 'node:http'
import type { RequestId } from '@tollkeeper/domain/id'
import { Turn } from '../concurrency/turn.ts'
import type { Received, Routed, SentKey } from '../pipeline/exchange.ts'
import type { Rooms } from '../pipeline/pipeline.ts'
import type { QuoteOf } from '../pipeline/quote/quote.ts'
import { quoteBody } from './quote-body.ts'
import { beginJourney, narrowingOf } from './receive.ts'

export type QuoteRouteDeps = {
  rooms: Pick<Rooms, 'authenticate' | 'understand' | 'admit' | 'route'>
  quoteOf: QuoteOf
  /** The request as its provider would be asked. @throws Failure when it cannot be translated */
  asSent: (routed: Routed) => Routed
  bytesOf: (routed: Routed) => number
  now: () => number
  monotonic: () => number
}

const nothing = Buffer.alloc(0)

/**
 * `POST /quote`: the walk of a chat request up to the hold, which is only asked about. Nothing is sent and nothing held.
 * It counts as one request in the windows of its scopes: otherwise quotes would be a way around them.
 *
 * @throws Failure for every "no" that is not a limit of the chain
 */
export function makeQuote(deps: QuoteRouteDeps) {
  return async (
    request: IncomingMessage,
    given: { requestId: RequestId; body: Buffer | undefined; key: SentKey },
  ): Promise<object> => {
    const { requestId } = given
    const received: Received = {
      journey: beginJourney({ requestId, dialect: 'openai-chat' }, request, {
        ms: deps.now(),
        monotonic: deps.monotonic(),
      }),
      key: given.key,
      narrowing: narrowingOf(request),
      body: given.body ?? nothing,
      passedHeaders: [],
      client: { gone: () => false },
      idempotencyKey: undefined,
      mayShare: false,
      turn: new Turn(),
    }
    try {
      const { authenticate, understand, admit, route } = deps.rooms
      const routed = deps.asSent(withoutLink(route(await admit(understand(await authenticate(received))))))
      const quoted = await deps.quoteOf(routed, deps.bytesOf(routed))
      return quoteBody(routed, quoted, requestId)
    } finally {
      received.turn.end()
    }
  }
}

/** No request has this id, so a refusal must not point to its page. */
function withoutLink(routed: Routed): Routed {
  const { org } = routed.standing
  const settings = { ...org.policy.settings, consoleUrl: null }
  return { ...routed, standing: { ...routed.standing, org: { ...org, policy: { ...org.policy, settings } } } }
}
