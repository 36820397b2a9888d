import type { Provider } from '../provider.ts'

/** Anthropic: has a header of its own for the credential, and wants to be told which version of its API is meant. */
export const anthropic: Provider = {
  kind: 'anthropic',
  dialects: ['anthropic-messages'],
  auth: (credential) => ['x-api-key', credential],
  headers: ['anthropic-version', '2023-06-01'],
  capField: () => 'max_tokens',
}
