import { costOf, type NanoUsd, type Price } from '@tollkeeper/domain/price'
import type { ModelName } from '../models.ts'
import { isWeekend, momentOf, officeHours, type DayOf, type Turn } from './turn.ts'

/** What an active day of a coder costs in USD: half below 9.8, mean 13, nine of ten below 26 (console.md 1.6). */
const dayMedianUsd = 9.8
const daySpread = 0.75
const mostUsd = 95
const mostTurns = 160

const agents = ['opencode/1.4.2', 'OpenAI/JS 6.49.0', 'ai-sdk/openai-compatible/2.1.0', 'OpenAI/Python 2.31.0']
const models: readonly (readonly [ModelName, number])[] = [
  ['claude-sonnet-4-6', 46],
  ['claude-opus-4-8', 34],
  ['gpt-5.5', 14],
  ['claude-haiku-4-5', 6],
]

/**
 * A day of work with a coding agent: sessions of many turns over a growing context, most of which is cached, until the day
 * has cost about what such days cost. `share` is the part of the person's work that this key does.
 */
export function codingDay(
  of: DayOf,
  who: { share: number; eagerness: number },
  priceOf: (model: ModelName, atMs: number) => Price | undefined,
): Turn[] {
  const { random } = of
  if (!random.chance(isWeekend(of) ? 0.07 : 0.9)) return []
  const usd = Math.min(mostUsd, random.skewed(dayMedianUsd, daySpread)) * who.share * who.eagerness
  let left: NanoUsd = BigInt(Math.round(usd * 1e9))
  const turns: Turn[] = []
  while (left > 0n && turns.length < mostTurns) {
    for (const turn of session(of)) {
      const price = priceOf(turn.model, turn.atMs)
      left -= (price && costOf(turn.tokens, price)) ?? 0n
      turns.push(turn)
      if (left <= 0n) break
    }
  }
  return turns
}

function session(of: DayOf): Turn[] {
  const { random } = of
  const model = random.weighted(models)
  const userAgent = random.pick(agents)
  const largest = model === 'claude-haiku-4-5' ? 170_000 : 620_000
  let atMs = momentOf(of, officeHours)
  let context = random.whole(40_000, 160_000)
  return Array.from({ length: random.whole(4, 22) }, (_, index): Turn => {
    atMs += Math.floor(random.skewed(50_000, 0.8))
    const added = Math.floor(random.skewed(16_000, 0.7))
    context = Math.min(largest, context + added)
    // The first turn of a session finds little in the provider's cache.
    const cached = index === 0 ? 0.3 : random.between(0.85, 0.95)
    const inputCacheRead = Math.floor(context * cached)
    return {
      atMs,
      model,
      tokens: {
        inputUncached: context - inputCacheRead,
        inputCacheRead,
        outputText: Math.min(30_000, Math.floor(random.skewed(4_200, 0.8))),
      },
      maxOutput: 32_000,
      stream: true,
      userAgent,
    }
  })
}
