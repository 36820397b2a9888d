import { bearer, type Provider } from '../provider.ts'

/** The simulated provider of the demo: behaves as OpenAI and as Anthropic do. */
export const simulator: Provider = {
  kind: 'simulator',
  dialects: ['openai-chat', 'openai-responses', 'openai-embeddings', 'anthropic-messages'],
  auth: bearer,
  capField: () => 'max_completion_tokens',
}
