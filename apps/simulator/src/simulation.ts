import type { Logger } from 'pino'
import type { Behaviour } from './behaviour.ts'
import type { CallPlan, Planned } from './call/call-plan.ts'
import type { Cut, Marks } from './marks.ts'
import type { PromptCache } from './prompt-cache.ts'
import type { RateBuckets } from './rate-limits.ts'
import type { CallRecord } from './record/call-record.ts'

/** What the routes of a running provider work on. */
export type Simulation = {
  /** Replaced as a whole by the control API. */
  behaviour: Behaviour
  readonly startedWith: Behaviour
  /** Answering calls since the start, by which a share of them is told. */
  calls: number
  readonly record: CallRecord
  readonly buckets: RateBuckets
  readonly promptCache: PromptCache
  /** What a body asks for, by dialect. */
  readonly planners: Planners
  readonly log: Logger
}

/** Reads the body of a call; its own marks win over those of every call. */
export type PlanBody = (body: string, ofEvery: Marks, key: string | null) => Planned

/** Reads the body of a call in each dialect. */
export type Planners = Record<'chat' | 'responses' | 'messages', PlanBody>

/** How fast an answer comes: the marks of its prompt, else the behaviour of the moment. */
export type Pace = { ttftMs: number; tokensPerSecond: number; cut: Cut | null }

/** The pace of one call. */
export function paceOf({ asked, marks }: CallPlan, behaviour: Behaviour): Pace {
  return {
    ttftMs: marks.slow ?? behaviour.ttftMs,
    tokensPerSecond: marks.tps ?? behaviour.tokensPerSecond,
    cut: marks.cut ?? cutOfStreams(asked.stream ? behaviour.cutStreamsAfter : null),
  }
}

const cutOfStreams = (after: number | null): Cut | null => (after === null ? null : { after, how: 'break' })
