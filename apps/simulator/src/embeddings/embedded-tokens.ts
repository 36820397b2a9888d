import { countTokens, decode } from 'gpt-tokenizer/encoding/cl100k_base'
import { withoutLongRuns } from '../tokens.ts'

const plainText = { disallowedSpecial: new Set<string>() }

/** Tokens of a text that is embedded: cl100k_base, as OpenAI counts for its embedding models, without any framing. */
export function countEmbedded(text: string): number {
  let tokens = 0
  for (const piece of withoutLongRuns(text)) tokens += countTokens(piece, plainText)
  return tokens
}

/** The text of an input that came as tokens. */
export const textOfTokens = (tokens: readonly number[]): string => decode(tokens)
