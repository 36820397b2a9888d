import type { IncomingMessage } from 'node:http'
import type { Dialect } from '@tollkeeper/domain/chat'
import { fail } from '@tollkeeper/domain/failure'
import type { RequestId } from '@tollkeeper/domain/id'
import type { Journey, Narrowing } from '../pipeline/exchange.ts'

/** A new journey, at the moment its request arrived. */
export const beginJourney = (
  { requestId, dialect }: { requestId: RequestId; dialect: Dialect },
  request: Pick<IncomingMessage, 'headers'>,
  at: { ms: number; monotonic: number; deadlineMs?: number },
): Journey => ({
  requestId,
  dialect,
  atMs: at.ms,
  startedAt: at.monotonic,
  deadlineAt: at.monotonic + (at.deadlineMs ?? Number.POSITIVE_INFINITY),
  userAgent: request.headers['user-agent']?.slice(0, 200) ?? null,
  timeline: [],
  standing: null,
  chat: null,
  candidate: null,
  attempts: 0,
  legs: [],
  firstByteMs: null,
  clampedTo: null,
  ask: null,
  refusal: null,
  answeredFrom: null,
  recorded: false,
})

/**
 * How long the caller waits at most, in ms: what it says in `X-Gateway-Deadline-Ms`, and never longer than `mostMs`.
 *
 * @throws Failure when it says something else
 */
export function deadlineOf({ headers }: Pick<IncomingMessage, 'headers'>, mostMs: number): number {
  const text = single(headers['x-gateway-deadline-ms'])
  if (text === undefined) return mostMs
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    const why = '"X-Gateway-Deadline-Ms" must be a whole number of milliseconds, 1 or more.'
    throw fail('invalid_request', { why }, { param: 'X-Gateway-Deadline-Ms' })
  }
  return Math.min(Number(text), mostMs)
}

/** Headers that a provider of the caller's own dialect gets as they came, with what is sent in their place (wire.md 2.5). */
const passed: Readonly<Record<Dialect, readonly (readonly [name: string, otherwise?: string])[]>> = {
  'openai-chat': [],
  'anthropic-messages': [['anthropic-version', '2023-06-01'], ['anthropic-beta']],
  'openai-responses': [],
  'openai-embeddings': [],
}

/** Those headers of a request, as a flat list of names and values. */
export const passedHeadersOf = (dialect: Dialect, { headers }: IncomingMessage): readonly string[] =>
  passed[dialect].flatMap(([name, otherwise]) => {
    const value = single(headers[name]) ?? otherwise
    return value === undefined ? [] : [name, value]
  })

/**
 * Whether a request may share one call with others that ask the same at the same time. Not one that wants an answer of
 * its own, nor one with a deadline of its own: the call would end by another's.
 */
export function mayShareOf({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  if (headers['x-gateway-deadline-ms'] !== undefined) return false
  const ours = single(headers['x-gateway-cache'])
  const standard = headers['cache-control']
  return !(ours !== undefined && saysNo.test(ours)) && !(standard !== undefined && saysNoStore.test(standard))
}

const saysNo = /^\s*(?:off|refresh)\s*$/i
const saysNoStore = /(?:^|,)\s*no-(?:store|cache)\s*(?:,|$)/i

/**
 * The caller's name for a request, so that it can be sent again without being made again.
 *
 * @throws Failure when it is empty, longer than 255 characters, or has other than visible ASCII characters
 */
export function idempotencyKeyOf({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  const text = single(headers['idempotency-key'])
  if (text === undefined || /^[\x21-\x7e]{1,255}$/.test(text)) return text
  const why = '"Idempotency-Key" must have 1 to 255 visible ASCII characters, and no spaces.'
  throw fail('invalid_request', { why }, { param: 'Idempotency-Key' })
}

/** The headers that narrow a key. */
export const narrowingOf = ({ headers }: IncomingMessage): Narrowing => ({
  userId: single(headers['x-user-id']),
  teamId: single(headers['x-team-id']),
  role: single(headers['x-role']),
  roleGroup: single(headers['x-llm-rolegroup']),
})

// Repeated headers arrive joined by commas, which no id contains.
const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join() : value
