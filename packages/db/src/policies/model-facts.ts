import type { ProviderKind, TokenEncoding } from '@tollkeeper/domain/policy'

/** Output limit of a model nobody stated one for. */
const otherwise = 16_384

/** Largest output in tokens, by the beginning of the name; the first that fits. Stated by the makers of the models. */
const largestOutputs: readonly (readonly [prefix: string, tokens: number])[] = [
  ['gpt-6', 128_000],
  ['gpt-5', 128_000],
  ['gpt-4.1', 32_768],
  ['gpt-4o', 16_384],
  ['chatgpt-4o', 16_384],
  ['gpt-4-turbo', 4_096],
  ['gpt-4', 8_192],
  ['gpt-3.5', 4_096],
  ['o1', 100_000],
  ['o3', 100_000],
  ['o4', 100_000],
  ['claude-opus-4-0', 32_000],
  ['claude-opus-4-1', 32_000],
  ['claude-opus', 128_000],
  ['claude-sonnet', 64_000],
  ['claude-haiku-4', 64_000],
  ['claude', 8_192],
  ['deepseek-reasoner', 64_000],
  ['deepseek', 8_192],
]

/** The most a model writes at once: what the organisation set, else what its maker states, else 16,384. */
export const largestOutputOf = (upstreamName: string, stated: number | null): number =>
  stated ?? largestOutputs.find(([prefix]) => upstreamName.startsWith(prefix))?.[1] ?? otherwise

/**
 * How to count a model's input. Exact counting is trusted only where the tokenizer is known: at OpenAI itself and at the
 * simulator. A model of the same name elsewhere may cut text differently, so there the bound is its bytes.
 */
export function encodingOf(kind: ProviderKind, upstreamName: string): TokenEncoding {
  if (kind === 'simulator') return 'o200k_base'
  if (kind !== 'openai') return 'bytes'
  if (/^(ft:)?(gpt-4o|gpt-4\.|gpt-5|gpt-6|chatgpt-4o|o[134])/.test(upstreamName)) return 'o200k_base'
  if (/^(ft:)?(gpt-4|gpt-3\.5)/.test(upstreamName)) return 'cl100k_base'
  return 'bytes'
}
