import type { MoneyEvent, RequestEvent } from '@tollkeeper/domain/usage'

/** One entry of a usage stream, as the reader of the stream gives it. */
export type UsageEntry = {
  shard: string
  streamId: string
  payload:
    | { kind: 'attempt'; event: MoneyEvent; request: RequestEvent | null }
    | { kind: 'request'; event: RequestEvent }
    | { kind: 'unreadable'; raw: unknown; error: string }
}

export const attemptsOf = (entries: readonly UsageEntry[]): MoneyEvent[] =>
  entries.flatMap(({ payload }) => (payload.kind === 'attempt' ? [payload.event] : []))

export const requestsOf = (entries: readonly UsageEntry[]): RequestEvent[] =>
  entries.flatMap(({ payload }) => {
    if (payload.kind === 'request') return [payload.event]
    return payload.kind === 'attempt' && payload.request ? [payload.request] : []
  })
