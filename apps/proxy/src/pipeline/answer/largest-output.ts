import { outputThatFits } from '@tollkeeper/domain/price'
import type { Preview } from '@tollkeeper/redis/budgets'
import type { Candidate } from '../exchange.ts'

/**
 * The most output tokens of one choice with which a request fits into every budget and limit of its chain as they stand,
 * and into what the model writes and reads.
 */
export function largestOutput(of: {
  input: number
  choices: number
  candidate: Candidate
  preview: Pick<Preview, 'counters' | 'waits'>
}): number {
  const { input, choices, candidate, preview } = of
  const { model, price } = candidate
  let most = model.maxOutputTokens
  if (model.contextWindow !== null && model.encoding !== 'bytes') most = Math.min(most, model.contextWindow - input)
  for (const { used, held, limit } of preview.counters) {
    if (limit === null) continue
    const fits = outputThatFits(input, price, limit - used - held, most * choices) ?? 0
    most = Math.min(most, Math.floor(fits / choices))
  }
  for (const { limit } of preview.waits) most = Math.min(most, Math.floor((limit.limit - input) / choices))
  return Math.max(0, most)
}
