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
  if (upstreamName.startsWith('text-embedding-') && (kind === 'simulator' || kind === 'openai')) return 'cl100k_base'
  if (kind === 'simulator') return 'o200k_base'
  if (kind !== 'openai') return 'bytes'
  if (/^(ft:)?(gpt-4o|gpt-4\.|gpt-5|gpt-6|chatgpt-4o|o[134])/.test(upstreamName)) return 'o200k_base'
  if (/^(ft:)?(gpt-4|gpt-3\.5)/.test(upstreamName)) return 'cl100k_base'
  return 'bytes'
}

type ImageTokens = { low: number; most: number }

/*
 * What OpenAI says of images (its guide "Images and vision", section on costs). Tiles: the image is fitted into
 * 2,048 × 2,048 and its short side to 768, so it has at most 4 × 2 tiles of 512. Patches: at most 1,536 of 32 × 32,
 * times a factor of the model; low detail saves nothing there.
 */
const tiled = (base: number, tile: number): ImageTokens => ({ low: base, most: base + 8 * tile })
const patched = (factorPercent: number): ImageTokens => {
  const most = Math.ceil((1_536 * factorPercent) / 100)
  return { low: most, most }
}

/** By name without its date; a name that is not here has no bound. */
const images: readonly (readonly [name: RegExp, tokens: ImageTokens])[] = [
  [/^gpt-4o-mini$/, tiled(2_833, 5_667)],
  [/^(gpt-4o|chatgpt-4o-latest|gpt-4\.1|gpt-4-turbo)$/, tiled(85, 170)],
  [/^gpt-5(\.1)?(-chat-latest)?$/, tiled(70, 140)],
  [/^(o1|o1-pro|o3)$/, tiled(75, 150)],
  [/^(gpt-4\.1|gpt-5)-mini$/, patched(162)],
  [/^(gpt-4\.1|gpt-5)-nano$/, patched(246)],
  [/^o4-mini$/, patched(172)],
  // Anthropic fits an image into 1,568 × 1,568 and 1.15 megapixels, and counts 750 pixels as a token; later models look
  // closer. A name without its date, which has no dashes there.
  [/^claude-(3(-[57])?-|(opus|sonnet|haiku)-4(-[156])?(-20\d{6})?$)/, { low: 1_600, most: 1_600 }],
  [/^claude-opus-4-7(-20\d{6})?$/, { low: 4_784, most: 4_784 }],
]
const date = /-\d{4}-\d{2}-\d{2}$/

/** Input tokens of one image, where the maker of the model states a most; null where nobody does. */
export function imageTokensOf(kind: ProviderKind, upstreamName: string): ImageTokens | null {
  if (kind !== 'openai' && kind !== 'anthropic' && kind !== 'simulator') return null
  const name = upstreamName.replace(date, '')
  return images.find(([pattern]) => pattern.test(name))?.[1] ?? null
}
