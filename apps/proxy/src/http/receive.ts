import type { IncomingMessage } from 'node:http'
import type { RequestId } from '@tollkeeper/domain/id'
import type { Journey, Narrowing } from '../pipeline/exchange.ts'

/** A new journey, at the moment its request arrived. */
export const beginJourney = (
  requestId: RequestId,
  request: Pick<IncomingMessage, 'headers'>,
  at: { ms: number; monotonic: number },
): Journey => ({
  requestId,
  atMs: at.ms,
  startedAt: at.monotonic,
  userAgent: request.headers['user-agent']?.slice(0, 200) ?? null,
  timeline: [],
  standing: null,
  chat: null,
  candidate: null,
  attempts: 0,
  firstByteMs: null,
  clampedTo: null,
  ask: null,
  refusal: null,
  recorded: false,
})

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
