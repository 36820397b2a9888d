import type { CountedPart } from './tokens.ts'

type Sizes = { low: number; usual: number; largest: number }

/*
 * What an image costs, by model: of low detail; of 1,024 × 1,024, which every image is taken for, since none is ever
 * fetched; and of the largest size there is. As OpenAI states it: a base and up to 8 tiles. Models that are not here
 * take 85 tokens for any image.
 */
const sizes: Readonly<Record<string, Sizes>> = {
  'gpt-4o-mini': { low: 2_833, usual: 25_501, largest: 48_169 },
  'gpt-4o': { low: 85, usual: 765, largest: 1_445 },
}
const otherwise: Sizes = { low: 85, usual: 85, largest: 85 }

/** Prompt tokens of a part that is no text. `worst`: as if every image were as large as can be. */
export function imageTokens(model: string, part: CountedPart & { image_url?: unknown }, worst: boolean): number {
  const { low, usual, largest } = sizes[model] ?? otherwise
  const image = part.image_url
  const detail = typeof image === 'object' && image !== null && 'detail' in image ? image.detail : 'auto'
  if (detail === 'low') return low
  return worst ? largest : usual
}
