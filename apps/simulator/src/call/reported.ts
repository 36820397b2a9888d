import type { InputTokens } from '../price/price-of.ts'
import type { OpenCall } from './open-call.ts'

/** Far above what any request allows, and still a whole number for JavaScript. */
const hugeTokens = 1_000_000_000_000

/** Tokens as an answer reports them. */
export type Reported = { input: InputTokens; output: number; reasoning: number }

/** The usage that a call reports, or undefined for none; a mark may make it lie. */
export function reportedOf({ plan, input }: OpenCall): Reported | undefined {
  switch (plan.marks.usage) {
    case 'missing':
      return undefined
    case 'zero':
      return scaled(input, 0, plan.completionTokens)
    case 'negative':
      return scaled(input, -1, plan.completionTokens)
    case 'huge':
      return {
        input: { uncached: hugeTokens, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 },
        output: hugeTokens,
        reasoning: 0,
      }
    case 'twice':
    case undefined:
      return { input, output: plan.completionTokens, reasoning: plan.reasoningTokens }
  }
}

function scaled(input: InputTokens, factor: 0 | -1, output: number): Reported {
  // Added to 0, since -1 times 0 is −0.
  const of = (tokens: number) => 0 + tokens * factor
  return {
    input: {
      uncached: of(input.uncached),
      cacheRead: of(input.cacheRead),
      cacheWrite5m: of(input.cacheWrite5m),
      cacheWrite1h: of(input.cacheWrite1h),
    },
    output: of(output),
    reasoning: 0,
  }
}
