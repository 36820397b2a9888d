import type { ServerResponse } from 'node:http'
import type { Dialect } from '@tollkeeper/domain/chat'
import type { Failure } from '@tollkeeper/domain/failure'
import { dialectOf } from '@tollkeeper/wire/dialect'
import { idHeaders, scopeHeader } from './headers.ts'

/** Headers of a failure, as a flat list: request ids, how to retry, and why it was denied (wire.md 2.3–2.5). */
export function failureHeaders(failure: Failure, requestId: string): string[] {
  const { kind, options } = failure
  const headers = ['content-type', 'application/json', ...idHeaders(requestId)]
  const { retryAfterMs } = options
  if (retryAfterMs !== undefined) {
    const ms = Math.max(1, Math.ceil(retryAfterMs))
    headers.push('retry-after', String(Math.max(1, Math.ceil(ms / 1_000))), 'retry-after-ms', String(ms))
  }
  if (kind === 'unauthenticated') headers.push('www-authenticate', 'Bearer')
  // Official clients retry by themselves and obey this header: a used-up budget must not become three calls.
  if (kind === 'budget') headers.push('x-should-retry', 'false')
  if (kind === 'budget-held') headers.push('x-should-retry', 'true')
  if (kind === 'budget' || kind === 'budget-held' || kind === 'rate') headers.push(...denyHeaders(failure))
  return headers
}

function denyHeaders({ code, options }: Failure): string[] {
  const scope = options.detail?.['scope'] as { type: string; id: string; name: string } | undefined
  const resets = options.detail?.['resets_at']
  const headers = ['X-Gateway-Deny', code]
  if (scope) headers.push('X-Gateway-Deny-Scope', scopeHeader(scope.type, scope))
  if (typeof resets === 'string') headers.push('X-Gateway-Budget-Reset', resets)
  return headers
}

/** Status of a failure for a caller of a dialect. */
export const statusOf = (failure: Failure, dialect: Dialect): number => dialectOf(dialect).statusOf(failure)

/** Sends a failure in the caller's dialect, unless the client is gone or an answer has begun. */
export function sendFailure(
  response: ServerResponse,
  failure: Failure,
  { requestId, dialect, extra = [] }: { requestId: string; dialect: Dialect; extra?: readonly string[] },
): void {
  if (response.headersSent || response.destroyed) return
  const body = Buffer.from(dialectOf(dialect).failureBody(failure, requestId))
  response.writeHead(statusOf(failure, dialect), [
    ...failureHeaders(failure, requestId),
    ...extra,
    'content-length',
    String(body.length),
  ])
  response.end(body)
}
