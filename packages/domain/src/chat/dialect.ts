/** Formats in which a client can speak to the gateway, and the gateway to a provider. */
export const dialects = ['openai-chat', 'anthropic-messages', 'openai-responses', 'openai-embeddings'] as const
export type Dialect = (typeof dialects)[number]
