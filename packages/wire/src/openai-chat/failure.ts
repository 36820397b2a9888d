import type { Failure, FailureKind } from '@tollkeeper/domain/failure'
import { frameOf } from '../event-stream/index.ts'

/** `code: 'own'` tells the catalogue's code. */
type Face = { status: number; type: string; code: string | null }

/** How each kind of failure looks in this dialect (wire.md 2.3). */
const faces: Readonly<Record<FailureKind, Face>> = {
  invalid: { status: 400, type: 'invalid_request_error', code: null },
  unauthenticated: { status: 401, type: 'invalid_request_error', code: 'invalid_api_key' },
  forbidden: { status: 403, type: 'invalid_request_error', code: 'permission_denied' },
  'not-found': { status: 404, type: 'invalid_request_error', code: 'model_not_found' },
  method: { status: 405, type: 'invalid_request_error', code: 'method_not_supported' },
  'too-large': { status: 413, type: 'invalid_request_error', code: 'request_too_large' },
  'media-type': { status: 415, type: 'invalid_request_error', code: 'unsupported_media_type' },
  rate: { status: 429, type: 'requests', code: 'rate_limit_exceeded' },
  budget: { status: 402, type: 'insufficient_quota', code: 'insufficient_quota' },
  'budget-held': { status: 429, type: 'rate_limit_exceeded', code: 'budget_held' },
  unavailable: { status: 503, type: 'server_error', code: 'own' },
  'upstream-unavailable': { status: 503, type: 'server_error', code: 'upstream_unavailable' },
  'upstream-timeout': { status: 504, type: 'server_error', code: 'timeout' },
  'upstream-refused': { status: 400, type: 'invalid_request_error', code: null },
  internal: { status: 500, type: 'server_error', code: 'internal_error' },
}

/** HTTP status of a failure. */
export const statusOf = (failure: Failure): number => failure.options.status ?? faces[failure.kind].status

/** The error body, as JSON text. What is ours is under `error.gateway`. */
export function failureBody(failure: Failure, requestId: string): string {
  const { options } = failure
  const face = faces[failure.kind]
  const ofTokens = failure.kind === 'rate' && options.detail?.['unit'] === 'tokens'
  return JSON.stringify({
    error: {
      message: failure.message,
      type: ofTokens ? 'tokens' : face.type,
      param: options.param || null,
      code: options.code ?? (face.code === 'own' ? failure.code : face.code),
      gateway: { source: options.source ?? 'gateway', reason: failure.code, ...options.detail, request_id: requestId },
    },
  })
}

/** A failure in the middle of a stream: the event that clients take for an error. */
export function failureFrame(failure: Failure): Buffer {
  const face = faces[failure.kind]
  const error = {
    message: failure.message,
    type: face.type,
    param: null,
    code: failure.options.code ?? (face.code === 'own' ? failure.code : face.code),
    gateway: { source: failure.options.source ?? 'gateway', reason: failure.code },
  }
  return frameOf(JSON.stringify({ error }))
}
