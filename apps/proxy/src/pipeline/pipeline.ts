import type { Failure } from '@tollkeeper/domain/failure'
import type { Admit } from './admit.ts'
import type { Answer } from './answer/answer.ts'
import type { Authenticate } from './authenticate.ts'
import type { Answered, Received } from './exchange.ts'
import type { Join } from './join/join.ts'
import type { Once } from './once/once.ts'
import type { Record } from './record.ts'
import type { Route } from './route.ts'
import type { Understand } from './understand.ts'

/** The rooms a request walks through. Each takes a value and gives a larger one; only this file knows their order. */
export type Rooms = {
  authenticate: Authenticate
  understand: Understand
  admit: Admit
  route: Route
  once: Once
  join: Join
  answer: Answer
  record: Record
}

/**
 * receive → authenticate → understand → admit → route → once → join → answer → record → reply.
 *
 * `http/` receives (reads the request) and replies. The key is judged before the body is parsed, so that strangers
 * cannot make us parse. Holding and settling are inside `answer`, since each attempt at a provider has a hold of its
 * own (design.md 4); a stream settles and is recorded when it ends, after this function gave it away.
 *
 * @throws Failure for every "no"; it has been recorded
 */
export async function answerChat(received: Received, rooms: Rooms): Promise<Answered> {
  try {
    const identified = await rooms.authenticate(received)
    const understood = rooms.understand(identified)
    const admitted = await rooms.admit(understood)
    const routed = rooms.route(admitted)
    const answered = await rooms.once(routed, (asked) => rooms.join(asked, rooms.answer))
    // A stream runs on, and ends its turn itself.
    if (answered.kind === 'whole') received.turn.end()
    return answered
  } catch (error) {
    received.turn.end()
    const failure: Failure = rooms.record.asFailure(error)
    rooms.record.refused(received, failure)
    throw failure
  }
}
