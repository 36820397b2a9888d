import type { Dialect } from '@tollkeeper/domain/chat'
import type { ProviderKind } from '@tollkeeper/domain/policy'

/** The two names of the output cap in OpenAI's dialect. */
export type CapField = 'max_tokens' | 'max_completion_tokens'

/** A kind of provider as data. */
export type Provider = {
  kind: ProviderKind
  /** Its dialects, the one it speaks best first. */
  dialects: readonly [Dialect, ...Dialect[]]
  /** Headers that carry the credential, as a flat list of names and values. */
  auth: (credential: string) => readonly string[]
  /** More headers of every call that brings none of its caller's: a flat list of names and values. */
  headers?: readonly string[]
  /** Which cap field the provider obeys, given the one that the caller used. */
  capField: (asked: string) => CapField
}

/** `Authorization: Bearer …`, the usual way. */
export const bearer = (credential: string): readonly string[] => ['authorization', `Bearer ${credential}`]

/** Where each dialect is spoken, below a provider's base URL. */
export const pathOf: Readonly<Record<Dialect, string>> = {
  'openai-chat': '/chat/completions',
  'anthropic-messages': '/messages',
  'openai-responses': '/responses',
  'openai-embeddings': '/embeddings',
}

/** The dialect in which to ask a provider for a caller: the caller's own if it can be, so that nothing is translated. */
export const dialectFor = ({ dialects }: Provider, caller: Dialect): Dialect =>
  dialects.includes(caller) ? caller : dialects[0]
