import type { UsageReport } from '@tollkeeper/domain/chat'
import type { TokenEncoding } from '@tollkeeper/domain/policy'
import type { Candidate, Routed } from '../exchange.ts'
import { imageBound, type BoundDeps } from './bound.ts'
import { chargeOfTokens, type Charge } from './charge.ts'
import type { Held } from './take-hold.ts'

export type EstimateDeps = Pick<BoundDeps, 'inputTokens'> & {
  /** Counts texts that a model wrote. */
  outputTokens: (texts: readonly string[], encoding: TokenEncoding) => Promise<number>
}

type Estimate = (
  routed: Routed,
  candidate: Candidate,
  held: Held,
  texts: readonly string[],
  last?: UsageReport,
) => Promise<Charge>

/**
 * What an attempt used, for want of a report: its input as counted, and of its output the larger of our own count and
 * the last that the provider told on the way (money.md 4.4). Never more than was held, since our count is no evidence.
 */
export function makeEstimate(deps: EstimateDeps): Estimate {
  return async (routed, candidate, held, texts, last) => {
    const { encoding } = candidate.model
    const { chat } = routed
    const counted = async () => (await deps.inputTokens(chat, encoding)) + imageBound(chat.images, candidate)
    const input = held.exact ? held.input : await counted()
    const own = await deps.outputTokens(texts, encoding)
    const told = last?.kind === 'usage' ? (last.tokens.outputText ?? 0) : 0
    const output = Math.min(Math.max(own, told), held.cap * routed.chat.choices)
    return chargeOfTokens(
      { inputUncached: Math.min(input, held.input), outputText: output },
      candidate.price,
      'estimated',
    )
  }
}
