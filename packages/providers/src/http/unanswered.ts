import type { ReplyHeaders, Unanswered } from './outcome.ts'

const timeouts = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'CALL_TIMEOUT'])

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
  const retryAfterMs = readRetryAfter(headers['retry-after'], headers['date'])
  if (status < 400 || status > 499) return { kind: 'failed', status, retryAfterMs }
  return {
    kind: 'refused',
    status,
    retryAfterMs,
    contextLength: status === 400 ? contextLengthWords(body) : null,
    headers,
  }
}

const mostMs = 86_400_000

/** `Retry-After` in ms, up to a day: whole seconds, or a date, read by the clock of who wrote it. Null for anything else. */
function readRetryAfter(value: unknown, date: unknown): number | null {
  if (typeof value !== 'string' || typeof date !== 'string') return readSeconds(value)
  const ms = Date.parse(value) - Date.parse(date)
  if (!value.endsWith('GMT') || Number.isNaN(ms)) return readSeconds(value)
  return Math.min(Math.max(0, ms), mostMs)
}

const readSeconds = (value: unknown): number | null =>
  typeof value === 'string' && /^\d{1,5}$/.test(value) ? Math.min(Number(value) * 1_000, mostMs) : null

// Clients detect this one error by the provider's code and words (wire.md 2.3); no other words pass.
function contextLengthWords(body: Buffer): string | null {
  try {
    const { error } = JSON.parse(body.toString('utf8')) as { error?: { code?: unknown; message?: unknown } }
    if (typeof error?.message !== 'string') return null
    const about = /maximum context length|context window|prompt is too long|exceed context limit/i.test(error.message)
    return error.code === 'context_length_exceeded' || about
      ? error.message.replace(/\p{Cc}/gu, ' ').slice(0, 400)
      : null
  } catch {
    return null
  }
}
