import type { UsageReport } from '@tollkeeper/domain/chat'
import type { TokenCounts } from '@tollkeeper/domain/price'
import { isObject } from '../field.ts'

const most = 2_147_483_647

const count = (value: unknown): number | undefined => {
  if (value === undefined || value === null) return 0
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most ? value : undefined
}

/**
 * Makes the classes disjoint: `prompt_tokens` includes the cached ones in this dialect. Anything but whole numbers
 * from 0 to 2³¹ − 1, and more cached tokens than there were at all, is nonsense (money.md 4.1, security.md T-NUM).
 */
export function readUsage(raw: unknown): UsageReport {
  if (raw === undefined || raw === null) return { kind: 'missing' }
  if (!isObject(raw) || raw['prompt_tokens'] === undefined || raw['completion_tokens'] === undefined)
    return { kind: 'nonsense' }
  const input = count(raw['prompt_tokens'])
  const output = count(raw['completion_tokens'])
  const details = raw['prompt_tokens_details']
  // DeepSeek writes the cached part beside the total instead of below it.
  const cachedRaw = isObject(details) ? details['cached_tokens'] : raw['prompt_cache_hit_tokens']
  const cached = count(cachedRaw)
  if (input === undefined || output === undefined || cached === undefined || cached > input) return { kind: 'nonsense' }
  const tokens: TokenCounts = { inputUncached: input - cached, outputText: output }
  if (cached > 0) tokens.inputCacheRead = cached
  const wrote = raw['completion_tokens_details']
  const reasoning = isObject(wrote) ? count(wrote['reasoning_tokens']) : undefined
  return reasoning === undefined || reasoning === 0 || reasoning > output
    ? { kind: 'usage', tokens }
    : { kind: 'usage', tokens, reasoning }
}
