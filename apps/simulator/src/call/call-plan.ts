import type { Fault } from '../fault.ts'
import type { Marks } from '../marks.ts'
import type { SimulatedModel } from '../models.ts'
import type { Call } from '../record/call.ts'
import type { StreamScript } from './stream-script.ts'
import type { OpenCall } from './open-call.ts'

/** What the record tells of a request. */
export type Asked = Pick<Call, 'model' | 'stream' | 'includeUsage' | 'maxTokens' | 'maxCompletionTokens' | 'n'>

/** A beginning of the prompt that may be in the cache; `ttl` when it is to be put there, and for how long. */
export type CachePrefix = { key: string; tokens: number; ttl: '5m' | '1h' | null }

/** Everything about a call that follows from its body alone, and how its dialect shows the answer. */
export type CallPlan = {
  model: SimulatedModel
  marks: Marks
  asked: Asked
  /** All input tokens, cached ones too. */
  promptTokens: number
  /** Beginnings of the prompt that may be cached, the shortest first; none when nothing of it is to be. */
  prefixes: readonly CachePrefix[]
  /** All output tokens of the whole answer. */
  completionTokens: number
  /** The part of them that is reasoning. */
  reasoningTokens: number
  /** How many answers are written side by side, and the output tokens of the longest. */
  lanes: number
  longest: number
  /** What is wrong with the request when it is sent with that key. */
  keyFault?(key: string | null): Fault | undefined
  /** JSON of the whole answer. */
  whole(call: OpenCall): string
  /** The answer as a stream. */
  script(call: OpenCall): StreamScript
}

/** What a body asks for. A refused one still tells what could be read of it, for the record. */
export type Planned = { kind: 'plan'; plan: CallPlan } | { kind: 'refused'; fault: Fault; asked: Asked | null }
