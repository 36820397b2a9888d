import { type Failure, type Fault, retryHeaders, scriptedHeaders } from '../fault.ts'

/** An error as Anthropic sends it. */
export function failureOf(fault: Fault, requestId: string): Failure {
  const failure = (status: number, type: string, message: string, headers: Record<string, string> = {}): Failure => ({
    status,
    headers,
    body: { type: 'error', error: { type, message }, request_id: requestId },
  })
  switch (fault.kind) {
    case 'invalid':
      return failure(400, 'invalid_request_error', fault.param ? `${fault.param}: ${fault.message}` : fault.message)
    case 'no-model':
      return failure(404, 'not_found_error', `model: ${fault.id.slice(0, 200)}`)
    case 'key':
      return failure(
        401,
        'authentication_error',
        fault.key === null ? 'x-api-key header is required' : 'invalid x-api-key',
      )
    case 'too-large':
      return failure(413, 'request_too_large', 'Request exceeds the maximum size')
    case 'rate':
      return failure(
        429,
        'rate_limit_error',
        'This request would exceed your rate limit. Please try again later.',
        retryHeaders(fault.retryAfterMs),
      )
    case 'scripted': {
      const message = `The simulator was told to answer ${fault.status}.`
      return failure(fault.status, typeOf(fault.status), message, scriptedHeaders(fault.retryAfter))
    }
  }
}

const types: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

const typeOf = (status: number) => types[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error')
