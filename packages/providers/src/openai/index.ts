import { bearer, type Provider } from '../provider.ts'

/** OpenAI: `max_tokens` is refused by its reasoning models, the newer field is taken by all. */
export const openai: Provider = {
  kind: 'openai',
  dialects: ['openai-chat', 'openai-responses', 'openai-embeddings'],
  auth: bearer,
  capField: () => 'max_completion_tokens',
}
