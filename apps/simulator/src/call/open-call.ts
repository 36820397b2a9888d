import type { InputTokens } from '../price/price-of.ts'
import type { Call } from '../record/call.ts'
import type { CallPlan } from './call-plan.ts'

/** How an answered call ended, with the output tokens that existed by then. */
export type CallEnd = { end: Call['end']; status: number; generatedTokens: number }

/** A call being answered, as the two ways to answer see it. */
export type OpenCall = {
  id: string
  plan: CallPlan
  /** The input tokens by what they cost. */
  input: InputTokens
  /** Headers of every answer: request id and rate limits. */
  headers: Record<string, string>
  /** The key it was sent with. */
  key: string | null
  /** Seconds since 1970 of its start. */
  created: number
  /** Output tokens that exist by now; read when the client leaves. */
  generated: () => number
  /** Writes the call into the record, before its last byte leaves. Only the first call counts. */
  end(how: CallEnd): void
}
