import { bearer, type Provider } from '../provider.ts'

/** Anything that says it is compatible. The caller's own choice of the cap field is the best guess of what it knows. */
export const openaiCompatible: Provider = {
  kind: 'openai-compatible',
  dialects: ['openai-chat', 'openai-embeddings'],
  auth: bearer,
  capField: (asked) => (asked === 'max_tokens' ? 'max_tokens' : 'max_completion_tokens'),
}
