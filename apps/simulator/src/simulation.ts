import type { Logger } from 'pino'
import type { Behaviour } from './behaviour.ts'
import type { CallPlan, Planned } from './call/call-plan.ts'
import type { PromptCache } from './prompt-cache.ts'
import type { RateBuckets } from './rate-limits.ts'
import type { CallRecord } from './record/call-record.ts'

/** What the routes of a running provider work on. */
export type Simulation = {
  /** Replaced as a whole by the control API. */
  behaviour: Behaviour
  readonly startedWith: Behaviour
  readonly record: CallRecord
  readonly buckets: RateBuckets
  readonly promptCache: PromptCache
  /** What a body asks for, by dialect. */
  readonly planners: Planners
  readonly log: Logger
}

/** Reads the body of a call in each dialect. */
export type Planners = Record<'chat' | 'messages', (body: string) => Planned>

/** How fast an answer comes: the marks of its prompt, else the behaviour of the moment. */
export type Pace = { ttftMs: number; tokensPerSecond: number; cutAfter: number | null }

/** The pace of one call. */
export function paceOf({ asked, marks }: CallPlan, behaviour: Behaviour): Pace {
  return {
    ttftMs: marks.slow ?? behaviour.ttftMs,
    tokensPerSecond: marks.tps ?? behaviour.tokensPerSecond,
    cutAfter: marks.cut ?? (asked.stream ? behaviour.cutStreamsAfter : null),
  }
}
