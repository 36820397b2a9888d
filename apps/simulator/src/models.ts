/** A model this provider offers. `maxOutputTokens` is the cap of a request that names none. */
export type SimulatedModel = {
  id: string
  /** Id of the provider in the public price list; `simulator` is in none. */
  ownedBy: 'openai' | 'anthropic' | 'deepseek' | 'simulator'
  created: number
  maxOutputTokens: number
  /** Length of the vectors of a model that embeds, and writes nothing. */
  dimensions?: number
}

const released = (day: string) => Date.parse(`${day}T00:00:00Z`) / 1_000

/** Every id but the last is one that @pydantic/genai-prices knows under that very name. */
export const models: readonly SimulatedModel[] = [
  { id: 'gpt-5.5', ownedBy: 'openai', created: released('2026-04-23'), maxOutputTokens: 128_000 },
  { id: 'gpt-5-mini', ownedBy: 'openai', created: released('2025-08-07'), maxOutputTokens: 128_000 },
  { id: 'gpt-4o', ownedBy: 'openai', created: released('2024-05-13'), maxOutputTokens: 16_384 },
  { id: 'gpt-4o-mini', ownedBy: 'openai', created: released('2024-07-18'), maxOutputTokens: 16_384 },
  { id: 'claude-opus-4-8', ownedBy: 'anthropic', created: released('2026-05-28'), maxOutputTokens: 128_000 },
  { id: 'claude-sonnet-4-6', ownedBy: 'anthropic', created: released('2026-02-17'), maxOutputTokens: 64_000 },
  { id: 'claude-haiku-4-5', ownedBy: 'anthropic', created: released('2025-10-15'), maxOutputTokens: 64_000 },
  { id: 'deepseek-chat', ownedBy: 'deepseek', created: released('2024-12-26'), maxOutputTokens: 8_192 },
  {
    id: 'text-embedding-3-small',
    ownedBy: 'openai',
    created: released('2024-01-25'),
    maxOutputTokens: 0,
    dimensions: 1_536,
  },
  {
    id: 'text-embedding-3-large',
    ownedBy: 'openai',
    created: released('2024-01-25'),
    maxOutputTokens: 0,
    dimensions: 3_072,
  },
  { id: 'sim-unpriced', ownedBy: 'simulator', created: released('2026-01-01'), maxOutputTokens: 16_384 },
]

const byId = new Map(models.map((model) => [model.id, model]))

/** The model of that id, or undefined. */
export const modelOf = (id: string): SimulatedModel | undefined => byId.get(id)
