import type { Dialect } from '@tollkeeper/domain/chat'
import type { Failure } from '@tollkeeper/domain/failure'
import type { NanoUsd } from '@tollkeeper/domain/price'
import type { Answer } from '../answer/answer.ts'
import { elapsed, step, type Answered, type Bill, type Journey, type Routed } from '../exchange.ts'
import type { Record } from '../record.ts'
import { Flight, type Landing } from './flight.ts'
import { Flights } from './flights.ts'
import { questionOf, type Question } from './question.ts'
import { ReplayBuffer, type ReplayMemory } from './replay-buffer.ts'
import { SharedStream, type Follower } from './shared-stream.ts'

export type Join = (routed: Routed, answer: Answer) => Promise<Answered>

export type JoinDeps = {
  record: Record
  /** The event that tells a client of a failure in the middle of a stream. */
  errorFrame: (failure: Failure, dialect: Dialect) => Buffer
  /** Most bytes that are kept of all streams, for those who join later. */
  replayBytes: number
  monotonic: () => number
}

const nothing: Bill = { amount: 0n, tokens: {}, left: null, scope: null }

/**
 * Requests of one organisation that ask the same at the same time share one call. The first one, the leader, makes it
 * and pays; those who come while it is under way wait for its answer and pay nothing, so they need no hold, and no
 * budget of theirs can refuse them. Each was admitted and may use the model by its own key.
 *
 * @throws Failure, like `answer`
 */
export function makeJoin(deps: JoinDeps): Join {
  const flights = new Flights()
  const memory: ReplayMemory = { used: 0, most: deps.replayBytes }

  async function lead(routed: Routed, question: Question, answer: Answer, wasCalled: boolean): Promise<Answered> {
    const flight = new Flight(routed, { startedAt: deps.monotonic(), wasCalled })
    const close = () => flights.remove(question, flight)
    flights.add(question, flight)
    try {
      const answered = await answer(routed)
      if (answered.kind === 'whole') {
        close()
        flight.landed(answered)
        return answered
      }
      const shared = new SharedStream(answered.relay, {
        buffer: new ReplayBuffer(memory),
        errorFrame: (failure) => deps.errorFrame(failure, routed.journey.dialect),
        onClosed: close,
      })
      flight.streams(answered, shared)
      return { ...answered, relay: shared.leader }
    } catch (error) {
      close()
      flight.failed(error)
      throw error
    }
  }

  function told(follower: Follower, leader: Journey, landing: Exclude<Landing, { kind: 'again' }>): Answered {
    const { routed } = follower
    const { journey } = routed
    journey.answeredFrom = { kind: 'dedup', requestId: leader.requestId, avoided: null }
    if (landing.kind === 'failed') throw landing.failure
    const { answered } = landing
    const { candidate } = answered
    journey.candidate = candidate
    journey.clampedTo = leader.clampedTo
    journey.firstByteMs = elapsed(journey, deps.monotonic())
    if (landing.kind === 'stream')
      return { ...routed, candidate, kind: 'stream', relay: landing.relay, estimate: nothing }
    const { body, bill } = landing.answered
    saves(journey, bill.amount)
    deps.record.shared(journey, { status: routed.client.gone() ? 499 : 200, failure: null })
    return { ...routed, candidate, kind: 'whole', body, bill: nothing }
  }

  const followerOf = (routed: Routed): Follower => ({
    routed,
    ended: ({ status, failure, bill }) => {
      if (bill) saves(routed.journey, bill.amount)
      deps.record.shared(routed.journey, { status, failure: failure?.code ?? null })
      routed.turn.end()
    },
  })

  return async (routed, answer) => {
    if (!mayJoin(routed)) return answer(routed)
    const question = questionOf(routed)
    const follower = followerOf(routed)
    let wasCalled = false
    for (;;) {
      const flight = flights.find(question, deps.monotonic())
      if (!flight) return lead(routed, question, answer, wasCalled)
      const landing = await flight.follow(follower)
      step(routed.journey, 'join', deps.monotonic())
      if (landing.kind !== 'again') return told(follower, flight.leader.journey, landing)
      wasCalled = landing.wasCalled
    }
  }
}

// Several answers to one question are asked for because they differ.
const mayJoin = ({ mayShare, chat, standing }: Routed): boolean =>
  mayShare && chat.choices === 1 && standing.org.policy.settings.joinInFlight

/** What the call cost is what this one would have. */
function saves(journey: Journey, amount: NanoUsd): void {
  if (journey.answeredFrom) journey.answeredFrom = { ...journey.answeredFrom, avoided: amount }
}
