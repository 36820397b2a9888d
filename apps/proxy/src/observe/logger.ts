import { inputClasses } from '@tollkeeper/domain/price'
import { pino, type Logger } from 'pino'
import { amountText, type Told } from '../pipeline/record.ts'

export type { Logger } from 'pino'

/** JSON lines on standard output, gathered for a tenth of a second: one write per line would cost more than the line. */
export function makeLogger(level: string): Logger {
  return pino(
    { level, base: { process: 'proxy' }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 1, sync: false, minLength: 8_192, periodicFlush: 100 }),
  )
}

/**
 * One line per request, of these fields and no others: never a prompt, an answer, a key or a header
 * (security.md T-SECLOG).
 */
export function logRequest(log: Logger, { journey, end, totalMs, charge, cause }: Told): void {
  const { standing, chat, candidate } = journey
  const scopes = standing?.record.scopes
  const tokens = charge?.tokens
  const line = {
    requestId: journey.requestId,
    status: end.status,
    failure: end.failure,
    org: scopes?.orgId ?? null,
    key: scopes?.keyId ?? null,
    team: scopes?.teamId ?? null,
    model: chat ? (candidate?.model.name ?? chat.model.slice(0, 64)) : null,
    provider: candidate?.provider.id ?? null,
    stream: chat?.stream ?? null,
    attempts: journey.attempts,
    costUsd: amountText(charge),
    usage: charge?.source ?? null,
    inputTokens: tokens ? inputClasses.reduce((sum, name) => sum + (tokens[name] ?? 0), 0) : null,
    outputTokens: tokens ? (tokens.outputText ?? 0) : null,
    clampedTo: journey.clampedTo,
    ...(journey.answeredFrom && { answeredFrom: journey.answeredFrom.requestId }),
    firstByteMs: journey.firstByteMs,
    totalMs,
    ...(cause !== undefined && { cause: causeText(cause) }),
  }
  if (end.status >= 500) log.warn(line, 'refused')
  else log.info(line, end.failure === null ? 'answered' : 'refused')
}

// A name, not a message: messages of others may hold addresses or content.
const causeText = (cause: unknown): string =>
  typeof cause === 'string'
    ? cause
    : cause instanceof Error
      ? ((cause as { code?: string }).code ?? cause.name)
      : 'unknown'
