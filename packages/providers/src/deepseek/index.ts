import { bearer, type Provider } from '../provider.ts'

/** DeepSeek: knows only the older name of the cap. Its own names for cached tokens are read in `wire`. */
export const deepseek: Provider = {
  kind: 'deepseek',
  dialects: ['openai-chat'],
  auth: bearer,
  capField: () => 'max_tokens',
}
