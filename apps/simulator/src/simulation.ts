import type { Logger } from 'pino'
import type { Behaviour } from './behaviour.ts'
import type { ChatPlan, Planned } from './openai/chat-plan.ts'
import type { RateBuckets } from './rate-limits.ts'
import type { CallRecord } from './record/call-record.ts'

/** What the routes of a running provider work on. */
export type Simulation = {
  /** Replaced as a whole by the control API. */
  behaviour: Behaviour
  readonly startedWith: Behaviour
  readonly record: CallRecord
  readonly buckets: RateBuckets
  readonly planChat: (body: string) => Planned
  readonly log: Logger
}

/** How fast an answer comes: the marks of its prompt, else the behaviour of the moment. */
export type Pace = { ttftMs: number; tokensPerSecond: number; cutAfter: number | null }

/** The pace of one call. */
export function paceOf({ request, marks }: ChatPlan, behaviour: Behaviour): Pace {
  return {
    ttftMs: marks.slow ?? behaviour.ttftMs,
    tokensPerSecond: marks.tps ?? behaviour.tokensPerSecond,
    cutAfter: marks.cut ?? (request.stream ? behaviour.cutStreamsAfter : null),
  }
}
