import type { OpenCall } from '../call/open-call.ts'
import { type Reported, reportedOf } from '../call/reported.ts'
import { inputTotal } from '../price/price-of.ts'

/** JSON of the usage a chat answer reports, or undefined for none. `last`: of two reports in a stream. */
export function reportedUsage(call: OpenCall, last = false): string | undefined {
  const reported = reportedOf(call, last)
  return reported ? usageJson(reported) : reported === null ? 'null' : undefined
}

function usageJson({ input, output, reasoning }: Reported): string {
  // A lie may be a text, which is to stay one.
  const prompt = typeof input.uncached === 'number' ? inputTotal(input) : input.uncached
  return JSON.stringify({
    prompt_tokens: prompt,
    completion_tokens: output,
    total_tokens: prompt + output,
    prompt_tokens_details: { cached_tokens: input.cacheRead, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  })
}
