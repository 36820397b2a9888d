import type { UsageReport } from '@tollkeeper/domain/chat'
import { inputClasses, type TokenCounts } from '@tollkeeper/domain/price'
import { isGiven, isObject } from '../field.ts'
import { readUsage as readChatUsage } from '../openai-chat/usage.ts'

/** A report of this dialect says the same as that of a chat, in other words. */
export function readUsage(raw: unknown): UsageReport {
  if (!isGiven(raw)) return { kind: 'missing' }
  if (!isObject(raw)) return { kind: 'nonsense' }
  return readChatUsage({
    prompt_tokens: raw['input_tokens'],
    completion_tokens: raw['output_tokens'],
    prompt_tokens_details: raw['input_tokens_details'],
    completion_tokens_details: raw['output_tokens_details'],
  })
}

/** Usage as this dialect writes it: the input includes the cached tokens. */
export function usageBody(tokens: TokenCounts, reasoning = 0) {
  let input = 0
  for (const name of inputClasses) input += tokens[name] ?? 0
  const output = tokens.outputText ?? 0
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: tokens.inputCacheRead ?? 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  }
}
