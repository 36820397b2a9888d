import type { IncomingMessage } from 'node:http'
import type { ChatRequest } from '@tollkeeper/domain/chat'
import { fail } from '@tollkeeper/domain/failure'
import type { RequestId } from '@tollkeeper/domain/id'
import type { Answered, Outcome } from '@tollkeeper/providers'
import { Turn } from '../concurrency/turn.ts'
import { besidesText, type BoundDeps } from '../pipeline/answer/bound.ts'
import type { Interpreter } from '../pipeline/answer/answer.ts'
import { endOfUnanswered } from '../pipeline/answer/upstream-failure.ts'
import type { Received, Routed, SentKey } from '../pipeline/exchange.ts'
import type { Rooms } from '../pipeline/pipeline.ts'
import { beginJourney, narrowingOf, passedHeadersOf } from './receive.ts'

export type CountTokensDeps = Pick<BoundDeps, 'inputTokens'> &
  Pick<Interpreter, 'asSent'> & {
    rooms: Pick<Rooms, 'authenticate' | 'admit' | 'route'>
    read: (body: Buffer) => ChatRequest
    /** Asks the provider, which speaks the caller's dialect. */
    ask: (routed: Routed) => Promise<Outcome<Answered>>
    now: () => number
    monotonic: () => number
  }

const dialect = 'anthropic-messages'
const nothing = Buffer.alloc(0)

/**
 * `POST /messages/count_tokens`: the input tokens of a request, from its provider where that can count, else as they
 * would be held for. Costs nothing and is not in the ledger; it counts as one request in the windows of its scopes.
 *
 * @throws Failure
 */
export function makeCountTokens(deps: CountTokensDeps) {
  return async (
    request: IncomingMessage,
    given: { requestId: RequestId; body: Buffer | undefined; key: SentKey },
  ): Promise<object> => {
    const at = { ms: deps.now(), monotonic: deps.monotonic() }
    const received: Received = {
      journey: beginJourney({ requestId: given.requestId, dialect }, request, at),
      key: given.key,
      narrowing: narrowingOf(request),
      body: given.body ?? nothing,
      idempotencyKey: undefined,
      mayShare: false,
      passedHeaders: passedHeadersOf(dialect, request),
      client: { gone: () => false },
      turn: new Turn(),
    }
    try {
      const { authenticate, admit, route } = deps.rooms
      const identified = await authenticate(received)
      const routed = route(await admit({ ...identified, chat: deps.read(identified.body) }))
      const [candidate] = routed.candidates
      const chat = deps.asSent(routed.chat, candidate.provider)
      if (chat.dialect === dialect) return countIn(await deps.ask(routed), candidate.provider.name)
      return { input_tokens: (await deps.inputTokens(chat, candidate.model.encoding)) + besidesText(chat, candidate) }
    } finally {
      received.turn.end()
    }
  }
}

function countIn(outcome: Outcome<Answered>, provider: string): object {
  if (outcome.kind !== 'answered') throw endOfUnanswered(outcome, provider).failure
  try {
    const { input_tokens: count } = JSON.parse(outcome.body.toString('utf8')) as { input_tokens?: unknown }
    if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) return { input_tokens: count }
  } catch {
    // Not JSON: no count either.
  }
  throw fail('upstream_unavailable', { provider }, { source: `provider:${provider}` })
}
