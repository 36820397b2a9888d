import type { InputTokens } from '../price/price-of.ts'
import type { Simulation } from '../simulation.ts'
import type { CallPlan } from './call-plan.ts'

/**
 * The input of a call by what it costs: the mark `cached` says how much of it was read from the cache, else the cache
 * of prompts does.
 */
export function inputOf(
  { promptTokens, prefixes, marks }: CallPlan,
  { promptCache }: Pick<Simulation, 'promptCache'>,
  { key, atMs }: { key: string; atMs: number },
): InputTokens {
  if (marks.cached !== undefined) {
    const cacheRead = Math.min(marks.cached, promptTokens)
    return { uncached: promptTokens - cacheRead, cacheRead, cacheWrite5m: 0, cacheWrite1h: 0 }
  }
  if (prefixes.length === 0) return { uncached: promptTokens, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 }
  const { read, write5m, write1h } = promptCache.use(key, prefixes, atMs)
  return {
    uncached: promptTokens - read - write5m - write1h,
    cacheRead: read,
    cacheWrite5m: write5m,
    cacheWrite1h: write1h,
  }
}
