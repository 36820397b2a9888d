import type { UsageReport } from '@tollkeeper/domain/chat'
import { inputClasses, type TokenCounts } from '@tollkeeper/domain/price'

/** Usage as this dialect writes it: the prompt's tokens include the cached ones. */
export function usageBody(tokens: TokenCounts, reasoning?: number) {
  let prompt = 0
  for (const name of inputClasses) prompt += tokens[name] ?? 0
  const completion = tokens.outputText ?? 0
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: tokens.inputCacheRead ?? 0 },
    ...(reasoning !== undefined && { completion_tokens_details: { reasoning_tokens: reasoning } }),
  }
}

/** The same of a report; null when there is none that can be believed. */
export const reportBody = (report: UsageReport) =>
  report.kind === 'usage' ? usageBody(report.tokens, report.reasoning) : null
