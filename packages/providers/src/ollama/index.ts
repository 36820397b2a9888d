import { bearer, type Provider } from '../provider.ts'

/** Ollama through its OpenAI-compatible API: knows only the older name of the cap. */
export const ollama: Provider = {
  kind: 'ollama',
  dialects: ['openai-chat', 'openai-embeddings'],
  auth: bearer,
  capField: () => 'max_tokens',
}
