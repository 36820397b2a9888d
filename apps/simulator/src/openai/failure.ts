/** An error as OpenAI sends it, with the status and the headers that go with it. */
export type OpenAiFailure = {
  status: number
  headers: Record<string, string>
  body: { error: { message: string; type: string; param: string | null; code: string | null } }
}

type Words = { message: string; type: string; param?: string | null; code?: string | null }

const failure = (status: number, words: Words, headers: Record<string, string> = {}): OpenAiFailure => ({
  status,
  headers,
  body: {
    error: {
      message: words.message,
      type: words.type,
      param: words.param ?? null,
      code: words.code ?? null,
    },
  },
})

/** 400 for a request that cannot be read; `param` is the path of the part at fault. */
export const invalidRequest = (message: string, param: string | null = null, code: string | null = null) =>
  failure(400, { message, type: 'invalid_request_error', param, code })

/** 401 for a key that is not the required one; shows its last four characters as OpenAI does. */
export const invalidKey = (key: string | null) =>
  failure(401, {
    message:
      key === null
        ? "You didn't provide an API key. Send it in the Authorization header: Authorization: Bearer YOUR_KEY."
        : `Incorrect API key provided: ${'*'.repeat(8)}${key.slice(-4)}.`,
    type: 'invalid_request_error',
    code: 'invalid_api_key',
  })

/** 404 for a model that is not offered. */
export const modelNotFound = (id: string) =>
  failure(404, {
    message: `The model \`${id.slice(0, 200)}\` does not exist or you do not have access to it.`,
    type: 'invalid_request_error',
    code: 'model_not_found',
  })

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

/** 413 for a body above the limit. */
export const tooLarge = () => failure(413, { message: 'The request is too large.', type: 'invalid_request_error' })

/** 429 of a key whose bucket is empty. */
export const rateLimited = (retryAfterMs: number, headers: Record<string, string>) =>
  failure(
    429,
    {
      message: `Rate limit reached. Please try again in ${Math.ceil(retryAfterMs / 1_000)}s.`,
      type: 'requests',
      code: 'rate_limit_exceeded',
    },
    {
      ...headers,
      'retry-after': String(Math.ceil(retryAfterMs / 1_000)),
      'retry-after-ms': String(retryAfterMs),
    },
  )

/** Any status a test or a person asked for, with the words OpenAI uses for it. */
export function scripted(status: number, retryAfterSeconds: number | null): OpenAiFailure {
  return failure(
    status,
    { message: `The simulator was told to answer ${status}.`, ...wordsOf(status) },
    retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) },
  )
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
