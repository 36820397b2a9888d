import type { ReplyHeaders, Unanswered } from './outcome.ts'

const timeouts = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])

/** What a broken call means. `started`: a connection existed and the request was handed to it. */
export function brokenCall(error: Error, started: boolean, status: number | null): Unanswered {
  const reason = reasonOf(error)
  return started ? { kind: 'ambiguous', timedOut: isTimeout(error), status, reason } : { kind: 'not-sent', reason }
}

export const isTimeout = (error: Error): boolean => timeouts.has((error as { code?: string }).code ?? '')

/** A short name of the cause for logs and metrics, without addresses or content. */
export const reasonOf = (error: Error): string => (error as { code?: string }).code ?? error.name

/** What a status other than 200 means, before any output. */
export function refusedCall(status: number, headers: ReplyHeaders, body: Buffer): Unanswered {
  const retryAfterMs = readRetryAfter(headers['retry-after'])
  if (status < 400 || status > 499) return { kind: 'failed', status, retryAfterMs }
  return {
    kind: 'refused',
    status,
    retryAfterMs,
    contextLength: status === 400 ? contextLengthWords(body) : null,
    headers,
  }
}

/** `Retry-After` in ms, whole seconds up to a day; null for a date or anything else. */
function readRetryAfter(value: unknown): number | null {
  if (typeof value !== 'string' || !/^\d{1,5}$/.test(value)) return null
  return Math.min(Number(value), 86_400) * 1_000
}

// Clients detect this one error by the provider's code and words (wire.md 2.3); no other words pass.
function contextLengthWords(body: Buffer): string | null {
  try {
    const { error } = JSON.parse(body.toString('utf8')) as { error?: { code?: unknown; message?: unknown } }
    if (typeof error?.message !== 'string') return null
    const about = /maximum context length|context window/i.test(error.message)
    return error.code === 'context_length_exceeded' || about
      ? error.message.replace(/\p{Cc}/gu, ' ').slice(0, 400)
      : null
  } catch {
    return null
  }
}
