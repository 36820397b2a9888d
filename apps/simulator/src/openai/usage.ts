import type { Marks } from '../marks.ts'

/** Far above what any request allows, and still a whole number for JavaScript. */
const hugeTokens = 1_000_000_000_000

/** JSON of the usage an answer reports, or undefined for none; a mark may make it lie. */
export function reportedUsage(prompt: number, completion: number, lie: Marks['usage']): string | undefined {
  switch (lie) {
    case 'missing':
      return undefined
    case 'zero':
      return usageJson(0, 0)
    case 'negative':
      return usageJson(-prompt, -completion)
    case 'huge':
      return usageJson(hugeTokens, hugeTokens)
    case 'twice':
    case undefined:
      return usageJson(prompt, completion)
  }
}

function usageJson(prompt: number, completion: number): string {
  return JSON.stringify({
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  })
}
