import type { ModelName } from '../models.ts'
import { isWeekend, momentOf, officeHours, type DayOf, type Turn } from './turn.ts'

const models: readonly (readonly [ModelName, number])[] = [
  ['gpt-4o', 40],
  ['gpt-5-mini', 30],
  ['claude-haiku-4-5', 20],
  ['gpt-5.5', 10],
]

/** A day of somebody who asks now and then: a few short conversations. */
export function askingDay(of: DayOf): Turn[] {
  const { random } = of
  if (!random.chance(isWeekend(of) ? 0.05 : 0.72)) return []
  return Array.from({ length: random.whole(2, 13) }, (): Turn => {
    const input = Math.floor(random.skewed(1_800, 0.9))
    const inputCacheRead = random.chance(0.3) ? Math.floor(input * random.between(0.2, 0.6)) : 0
    return {
      atMs: momentOf(of, officeHours),
      model: random.weighted(models),
      tokens: {
        inputUncached: input - inputCacheRead,
        inputCacheRead,
        outputText: Math.min(4_000, Math.floor(random.skewed(420, 0.7))),
      },
      maxOutput: 4_096,
      stream: random.chance(0.8),
      userAgent: random.pick(['OpenAI/JS 6.49.0', 'Continue/1.9.3', 'curl/8.5.0']),
    }
  })
}
