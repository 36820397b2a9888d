import type { UsageReport } from '@tollkeeper/domain/chat'
import type { TokenCounts } from '@tollkeeper/domain/price'
import { isGiven, isObject, type Fields } from '../field.ts'

const most = 2_147_483_647

const count = (value: unknown): number | undefined => {
  if (!isGiven(value)) return 0
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most ? value : undefined
}

/**
 * The classes of a report, which are disjoint in this dialect. Written tokens are told in all and, where the provider
 * does, apart by how long they are kept. Anything but whole numbers from 0 to 2³¹ − 1 is nonsense.
 */
export function readUsage(raw: unknown): UsageReport {
  if (!isGiven(raw)) return { kind: 'missing' }
  if (!isObject(raw) || raw['input_tokens'] === undefined || raw['output_tokens'] === undefined)
    return { kind: 'nonsense' }
  const input = count(raw['input_tokens'])
  const output = count(raw['output_tokens'])
  const read = count(raw['cache_read_input_tokens'])
  const apart = raw['cache_creation']
  const written = count(raw['cache_creation_input_tokens'])
  const forAnHour = isObject(apart) ? count(apart['ephemeral_1h_input_tokens']) : 0
  if (input === undefined || output === undefined || read === undefined) return { kind: 'nonsense' }
  if (written === undefined || forAnHour === undefined || forAnHour > written) return { kind: 'nonsense' }
  const tokens: TokenCounts = { inputUncached: input, outputText: output }
  if (read > 0) tokens.inputCacheRead = read
  if (written > forAnHour) tokens.inputCacheWrite5m = written - forAnHour
  if (forAnHour > 0) tokens.inputCacheWrite1h = forAnHour
  return { kind: 'usage', tokens }
}

/** What a stream told so far: counts at its end replace those of its start, since they are totals. */
export function mergeUsage(start: Fields, later: unknown): Fields {
  if (!isObject(later)) return start
  const merged: Record<string, unknown> = { ...start }
  for (const name in later) if (isGiven(later[name])) merged[name] = later[name]
  return merged
}

/** Usage as this dialect writes it. */
export function usageBody(tokens: TokenCounts) {
  const forAnHour = tokens.inputCacheWrite1h ?? 0
  const forFiveMinutes = tokens.inputCacheWrite5m ?? 0
  return {
    input_tokens: tokens.inputUncached ?? 0,
    cache_creation_input_tokens: forFiveMinutes + forAnHour,
    cache_read_input_tokens: tokens.inputCacheRead ?? 0,
    cache_creation: { ephemeral_5m_input_tokens: forFiveMinutes, ephemeral_1h_input_tokens: forAnHour },
    output_tokens: tokens.outputText ?? 0,
  }
}
