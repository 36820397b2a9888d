import type { FoundModel } from '@tollkeeper/db/providers'

/** What the simulated provider offers, as it would say itself when asked; it does not run yet while the demo is made. */
export const simulatedModels = [
  { id: 'gpt-5.5', ownedBy: 'openai', maxOutputTokens: 128_000 },
  { id: 'gpt-5-mini', ownedBy: 'openai', maxOutputTokens: 128_000 },
  { id: 'gpt-4o', ownedBy: 'openai', maxOutputTokens: 16_384 },
  { id: 'gpt-4o-mini', ownedBy: 'openai', maxOutputTokens: 16_384 },
  { id: 'claude-opus-4-8', ownedBy: 'anthropic', maxOutputTokens: 128_000 },
  { id: 'claude-sonnet-4-6', ownedBy: 'anthropic', maxOutputTokens: 64_000 },
  { id: 'claude-haiku-4-5', ownedBy: 'anthropic', maxOutputTokens: 64_000 },
  { id: 'deepseek-chat', ownedBy: 'deepseek', maxOutputTokens: 8_192 },
  { id: 'sim-unpriced', ownedBy: 'simulator', maxOutputTokens: 16_384 },
] as const satisfies readonly FoundModel[]

export type ModelName = (typeof simulatedModels)[number]['id']

export const ownerOf = (name: ModelName): string =>
  simulatedModels.find((model) => model.id === name)?.ownedBy ?? 'simulator'
