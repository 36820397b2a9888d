import { hash } from 'node:crypto'
import { fail } from '@tollkeeper/domain/failure'
import type { RequestId } from '@tollkeeper/domain/id'
import type { IdempotencyStore, KeptAnswer } from '@tollkeeper/redis/idempotency'
import type { Answer } from '../answer/answer.ts'
import { step, type Answered, type Bill, type Routed } from '../exchange.ts'
import type { Record } from '../record.ts'
import { KeptStream } from './kept-stream.ts'
import { ReplayedStream } from './replayed-stream.ts'

export type Once = (routed: Routed, answer: Answer) => Promise<Answered>

export type OnceDeps = {
  store: IdempotencyStore
  /** How long a request may run: as long its word is taken, also if this process dies. */
  longestMs: number
  /** Whether the store has room for answers. */
  mayKeep: () => boolean
  record: Record
  monotonic: () => number
}

/** A longer answer is not kept: Redis keeps money. */
const mostBytes = 262_144

/**
 * Requests that carry an `Idempotency-Key`: one with the same key and the same body gets the answer of the first one
 * again, for 24 hours, and pays nothing. A request that failed gives its key back, so that it can be sent again.
 *
 * @throws Failure when the key belongs to another body, or its request still runs
 * @throws StoreUnavailable
 */
export function makeOnce(deps: OnceDeps): Once {
  return async (routed, answer) => {
    const { idempotencyKey: word, journey, standing } = routed
    if (word === undefined) return answer(routed)
    const { orgId, keyId } = standing.record.scopes
    const name = { orgId, keyId, word }
    const mine = { requestId: journey.requestId, asked: askedBy(routed), answer: null }
    const there = await deps.store.claim(name, mine, deps.longestMs)
    step(journey, 'once', deps.monotonic())
    if (there) return replayed(routed, there, mine.asked)

    const release = () => deps.store.release(name).catch(deps.record.defect)
    const keep = async (bytes: Buffer, bill: Bill) => {
      if (bytes.length > mostBytes || !deps.mayKeep()) return release()
      const cost = journey.answeredFrom?.avoided ?? bill.amount
      const kept = { base64: bytes.toString('base64'), costNano: String(cost) }
      await deps.store.keep(name, { ...mine, answer: kept }).catch(deps.record.defect)
    }
    try {
      const answered = await answer(routed)
      if (answered.kind === 'stream') {
        const relay = new KeptStream(answered.relay, { mostBytes, keep, release })
        return { ...answered, relay }
      }
      await keep(answered.body, answered.bill)
      return answered
    } catch (error) {
      await release()
      throw error
    }
  }

  function replayed(routed: Routed, { requestId, asked, answer }: KeptAnswer, now: string): Answered {
    const { journey, turn } = routed
    if (asked !== now) throw fail('idempotency_key_reused', undefined, { status: 422, param: 'Idempotency-Key' })
    if (answer === null) throw fail('idempotent_request_running', undefined, { status: 409, retryAfterMs: 1_000 })
    const [candidate] = routed.candidates
    const bill: Bill = { amount: 0n, tokens: {}, left: null, scope: null }
    const body = Buffer.from(answer.base64, 'base64')
    journey.candidate = candidate
    journey.answeredFrom = { kind: 'replay', requestId: requestId as RequestId, avoided: BigInt(answer.costNano) }
    if (!routed.chat.stream) {
      deps.record.shared(journey, { status: 200, failure: null })
      return { ...routed, candidate, kind: 'whole', body, bill }
    }
    const relay = new ReplayedStream(body, bill, (status) => {
      deps.record.shared(journey, { status, failure: null })
      turn.end()
    })
    return { ...routed, candidate, kind: 'stream', relay, estimate: bill }
  }
}

/** The body as it was sent, and in which dialect: a client that sends a request again sends the same bytes. */
const askedBy = ({ journey, body }: Routed): string => `${journey.dialect} ${hash('sha256', body, 'base64url')}`
