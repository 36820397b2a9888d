import type { Dialect } from '@tollkeeper/domain/chat'
import { fail, Failure } from '@tollkeeper/domain/failure'
import { usdText, type NanoUsd, type TokenCounts } from '@tollkeeper/domain/price'
import type { RequestEvent } from '@tollkeeper/domain/usage'
import { elapsed, type Journey, type Received } from './exchange.ts'
import type { FoldedRows } from './folded-rows.ts'

/** How a request ended, as its caller saw it. */
export type End = { status: number; failure: string | null }

/** What is written about one request into the log and the metrics. */
export type Told = {
  journey: Journey
  end: End
  totalMs: number
  /** Null when no attempt was made. */
  charge: { amount: NanoUsd; tokens: TokenCounts; source: string } | null
  cause: unknown
}

export type Record = {
  /** The request's row; null for a caller that is not known. */
  rowOf: (journey: Journey, end: End) => RequestEvent | null
  /** Tells of a request whose last attempt was settled; its row rides with the settlement. */
  settled: (journey: Journey, end: End, charge: NonNullable<Told['charge']>) => void
  /** Tells of a request that the call of another one answered, and writes its row. */
  shared: (journey: Journey, end: End) => void
  /** Tells of a request that was refused, and writes its row unless it rode with a settlement. */
  refused: (received: Pick<Received, 'journey'>, failure: Failure) => void
  /** What a thrown value is for the caller: a failure is itself, an absent store is said, anything else is a defect. */
  asFailure: (error: unknown) => Failure
  /** A defect that no caller can be told. */
  defect: (error: unknown) => void
}

export type RecordDeps = {
  rows: FoldedRows
  /** Writes a row by itself. */
  write: (row: RequestEvent) => void
  statusOf: (failure: Failure, dialect: Dialect) => number
  isStoreAway: (error: unknown) => boolean
  tell: (told: Told) => void
  onDefect: (error: unknown) => void
  monotonic: () => number
}

/** Rows, log lines and metrics of requests: one of each, at the end. */
export function makeRecord(deps: RecordDeps): Record {
  const totalOf = (journey: Journey) => elapsed(journey, deps.monotonic())

  const rowOf = (journey: Journey, end: End): RequestEvent | null => {
    const { standing, chat, candidate, answeredFrom } = journey
    const used = candidate && (journey.attempts > 0 || answeredFrom) ? candidate : null
    if (!standing) return null
    return {
      requestId: journey.requestId,
      scopes: standing.record.scopes,
      atMs: journey.atMs,
      count: 1,
      dialect: journey.dialect,
      stream: chat?.stream ?? false,
      modelAsked: (chat?.model ?? '').slice(0, 256),
      modelUsed: used?.model.name ?? null,
      providerId: used?.provider.id ?? null,
      status: end.status,
      failure: end.failure,
      refusal: journey.refusal,
      attempts: journey.attempts,
      timeline: journey.timeline,
      firstByteMs: journey.firstByteMs,
      totalMs: totalOf(journey),
      userAgent: journey.userAgent,
      maxTokensClamped: journey.clampedTo,
      ...(journey.ask && { ask: journey.ask }),
      ...(answeredFrom && {
        answeredFrom: { ...answeredFrom, avoided: String(answeredFrom.avoided ?? 0n) },
      }),
    }
  }

  return {
    rowOf,
    settled(journey, end, charge) {
      // A failure is told by `refused`, which comes next.
      if (end.failure === null || journey.chat?.stream)
        deps.tell({ journey, end, totalMs: totalOf(journey), charge, cause: undefined })
    },
    shared(journey, end) {
      const row = rowOf(journey, end)
      if (row) deps.write(row)
      deps.tell({ journey, end, totalMs: totalOf(journey), charge: null, cause: undefined })
    },
    refused({ journey }, failure) {
      const end: End = { status: deps.statusOf(failure, journey.dialect), failure: failure.code }
      if (!journey.recorded) {
        const row = rowOf(journey, end)
        if (row) deps.rows.add(row)
      }
      deps.tell({ journey, end, totalMs: totalOf(journey), charge: null, cause: failure.cause })
    },
    asFailure(error) {
      if (error instanceof Failure) return error
      if (deps.isStoreAway(error))
        return fail('budget_store_unavailable', undefined, { retryAfterMs: 2_000, cause: error })
      deps.onDefect(error)
      return fail('internal', undefined, { cause: error })
    },
    defect: deps.onDefect,
  }
}

/** Amounts in the log, as everywhere outside: decimal text. */
export const amountText = (charge: Told['charge']): string | null => (charge === null ? null : usdText(charge.amount))
