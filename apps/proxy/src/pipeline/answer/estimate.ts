import type { UsageReport } from '@tollkeeper/domain/chat'
import type { TokenEncoding } from '@tollkeeper/domain/policy'
import { inputClasses, type TokenCounts } from '@tollkeeper/domain/price'
import type { Candidate, Routed } from '../exchange.ts'
import { besidesText, type BoundDeps } from './bound.ts'
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
    const counted = async () => (await deps.inputTokens(chat, encoding)) + besidesText(chat, candidate)
    const told = last?.kind === 'usage' ? last.tokens : {}
    // Bytes are a bound and no count: then what the provider told of the input is better evidence.
    const read = encoding === 'bytes' ? inputOf(told, held.input) : undefined
    const input = read ? 0 : held.exact ? held.input : await counted()
    const own = await deps.outputTokens(texts, encoding)
    const output = Math.min(Math.max(own, told.outputText ?? 0), held.cap * routed.chat.choices)
    return chargeOfTokens(
      { ...(read ?? { inputUncached: Math.min(input, held.input) }), outputText: output },
      candidate.price,
      'estimated',
    )
  }
}

/** The input of a report, by class, if it has any and no more than was held for it. */
function inputOf(tokens: TokenCounts, most: number): TokenCounts | undefined {
  const input: TokenCounts = {}
  let sum = 0
  for (const name of inputClasses) {
    const count = tokens[name] ?? 0
    if (count > 0) input[name] = count
    sum += count
  }
  return sum > 0 && sum <= most ? input : undefined
}
