import type { InputTokens } from '../price/price-of.ts'
import type { OpenCall } from './open-call.ts'

/** Far above what any request allows, and still a whole number for JavaScript. */
const hugeTokens = 1_000_000_000_000

/** Tokens as an answer reports them. A lie may make them anything that JSON can say. */
export type Reported = { input: InputTokens; output: number; reasoning: number }

/**
 * The usage that a call reports: null where it says so, undefined for none. `last`: the second of two reports in a
 * stream, which may tell less than the first.
 */
export function reportedOf(call: OpenCall, last = false): Reported | null | undefined {
  const { plan, input } = call
  const truth = { input, output: plan.completionTokens, reasoning: plan.reasoningTokens }
  switch (plan.marks.usage) {
    case 'missing':
      return undefined
    case 'null':
      return null
    case 'zero':
      return changed(truth, () => 0)
    case 'negative':
      // Added to 0, since -1 times 0 is −0.
      return changed(truth, (tokens) => 0 - tokens)
    case 'huge':
      return { ...truth, input: { ...noneCached, uncached: hugeTokens }, output: hugeTokens }
    case 'float':
      return changed(truth, (tokens) => tokens + 0.5)
    case 'text':
      return changed(truth, (tokens) => String(tokens) as unknown as number)
    case 'infinite':
      return changed(truth, () => 1e300)
    case 'above-cap':
      return {
        ...truth,
        output: (plan.asked.maxCompletionTokens ?? plan.asked.maxTokens ?? plan.model.maxOutputTokens) + 1,
      }
    case 'decreasing':
      return last ? changed(truth, (tokens) => Math.floor(tokens / 2)) : truth
    case 'twice':
    case undefined:
      return truth
  }
}

/** Whether a stream reports its usage twice. */
export const reportsTwice = ({ plan }: OpenCall): boolean =>
  plan.marks.usage === 'twice' || plan.marks.usage === 'decreasing'

const noneCached = { cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 }

const changed = ({ input, output, reasoning }: Reported, of: (tokens: number) => number): Reported => ({
  input: { uncached: of(input.uncached + input.cacheRead + input.cacheWrite5m + input.cacheWrite1h), ...noneCached },
  output: of(output),
  reasoning: of(reasoning),
})
