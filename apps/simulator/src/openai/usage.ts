import type { OpenCall } from '../call/open-call.ts'
import { reportedOf } from '../call/reported.ts'
import { inputTotal } from '../price/price-of.ts'

/** JSON of the usage a chat answer reports, or undefined for none. */
export function reportedUsage(call: OpenCall): string | undefined {
  const reported = reportedOf(call)
  if (!reported) return undefined
  const prompt = inputTotal(reported.input)
  return JSON.stringify({
    prompt_tokens: prompt,
    completion_tokens: reported.output,
    total_tokens: prompt + reported.output,
    prompt_tokens_details: { cached_tokens: reported.input.cacheRead, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reported.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  })
}
