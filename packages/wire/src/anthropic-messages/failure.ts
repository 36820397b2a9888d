import type { Failure, FailureKind } from '@tollkeeper/domain/failure'
import { eventFrameOf } from '../event-stream/index.ts'

type Face = { status: number; type: string }

/** How each kind of failure looks in this dialect (wire.md 2.3). */
const faces: Readonly<Record<FailureKind, Face>> = {
  invalid: { status: 400, type: 'invalid_request_error' },
  unauthenticated: { status: 401, type: 'authentication_error' },
  forbidden: { status: 403, type: 'permission_error' },
  'not-found': { status: 404, type: 'not_found_error' },
  method: { status: 405, type: 'invalid_request_error' },
  'too-large': { status: 413, type: 'invalid_request_error' },
  'media-type': { status: 415, type: 'invalid_request_error' },
  rate: { status: 429, type: 'rate_limit_error' },
  budget: { status: 402, type: 'billing_error' },
  'budget-held': { status: 429, type: 'rate_limit_error' },
  unavailable: { status: 503, type: 'overloaded_error' },
  'upstream-unavailable': { status: 529, type: 'overloaded_error' },
  'upstream-timeout': { status: 504, type: 'timeout_error' },
  'upstream-refused': { status: 400, type: 'invalid_request_error' },
  internal: { status: 500, type: 'api_error' },
}

/** HTTP status of a failure. */
export const statusOf = (failure: Failure): number => failure.options.status ?? faces[failure.kind].status

function errorOf(failure: Failure) {
  const { kind, options, message } = failure
  const isMoney = kind === 'budget'
  return {
    type: isMoney && statusOf(failure) === 429 ? 'rate_limit_error' : faces[kind].type,
    message,
    // The official client has an error of its own for this code.
    ...(isMoney && { details: { error_code: 'enforced_spend_limit_reached' } }),
    gateway: { source: options.source ?? 'gateway', reason: failure.code, ...options.detail },
  }
}

/** The error body, as JSON text. What is ours is under `error.gateway`. */
export const failureBody = (failure: Failure, requestId: string): string =>
  JSON.stringify({ type: 'error', error: errorOf(failure), request_id: requestId })

/** A failure in the middle of a stream: the event that clients take for an error. */
export const failureFrame = (failure: Failure): Buffer =>
  eventFrameOf('error', JSON.stringify({ type: 'error', error: errorOf(failure) }))
