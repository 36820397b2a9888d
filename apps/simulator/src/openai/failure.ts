import { type Failure, type Fault, retryHeaders, scriptedHeaders } from '../fault.ts'

type Words = { message: string; type: string; param?: string | null | undefined; code?: string | null | undefined }

const failure = (status: number, words: Words, headers: Record<string, string> = {}): Failure => ({
  status,
  headers,
  body: {
    error: { message: words.message, type: words.type, param: words.param ?? null, code: words.code ?? null },
  },
})

/** An error as OpenAI sends it. */
export function failureOf(fault: Fault): Failure {
  switch (fault.kind) {
    case 'invalid':
      return failure(400, { type: 'invalid_request_error', ...fault })
    case 'no-model': {
      const message = `The model \`${fault.id.slice(0, 200)}\` does not exist or you do not have access to it.`
      return failure(404, { message, type: 'invalid_request_error', code: 'model_not_found' })
    }
    case 'key':
      return failure(401, { message: keyText(fault.key), type: 'invalid_request_error', code: 'invalid_api_key' })
    case 'too-large':
      return failure(413, { message: 'The request is too large.', type: 'invalid_request_error' })
    case 'rate': {
      const message = `Rate limit reached. Please try again in ${Math.ceil(fault.retryAfterMs / 1_000)}s.`
      return failure(429, { message, type: 'requests', code: 'rate_limit_exceeded' }, retryHeaders(fault.retryAfterMs))
    }
    case 'scripted': {
      const { status, retryAfter } = fault
      const message = `The simulator was told to answer ${status}.`
      return failure(status, { message, ...wordsOf(status) }, scriptedHeaders(retryAfter))
    }
  }
}

/** 404 for an unknown path, 405 for a known one asked in the wrong way. */
export const unknownUrl = (status: 404 | 405, method: string, path: string) =>
  failure(status, {
    message:
      status === 404
        ? `Invalid URL (${method} ${path.slice(0, 200)})`
        : `Not allowed to ${method} on ${path.slice(0, 200)}.`,
    type: 'invalid_request_error',
    code: status === 404 ? 'unknown_url' : 'method_not_supported',
  })

/** Shows the last four characters of a key, as OpenAI does. */
function keyText(key: string | null): string {
  if (key !== null) return `Incorrect API key provided: ${'*'.repeat(8)}${key.slice(-4)}.`
  return "You didn't provide an API key. Send it in the Authorization header: Authorization: Bearer YOUR_KEY."
}

function wordsOf(status: number): { type: string; code: string | null } {
  if (status === 401) return { type: 'invalid_request_error', code: 'invalid_api_key' }
  if (status === 402) return { type: 'insufficient_quota', code: 'insufficient_quota' }
  if (status === 404) return { type: 'invalid_request_error', code: 'model_not_found' }
  if (status === 429) return { type: 'requests', code: 'rate_limit_exceeded' }
  if (status === 529) return { type: 'overloaded_error', code: null }
  if (status >= 500) return { type: 'server_error', code: null }
  return { type: 'invalid_request_error', code: null }
}
