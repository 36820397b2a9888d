import { bearer, type Provider } from '../provider.ts'

/** The simulated provider of the demo: behaves as OpenAI does. */
export const simulator: Provider = {
  kind: 'simulator',
  dialects: ['openai-chat', 'openai-responses'],
  auth: bearer,
  capField: () => 'max_completion_tokens',
}
