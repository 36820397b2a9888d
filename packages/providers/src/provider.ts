import type { ProviderKind } from '@tollkeeper/domain/policy'

/** The two names of the output cap in OpenAI's dialect. */
export type CapField = 'max_tokens' | 'max_completion_tokens'

/** A kind of provider as data: what differs between APIs that all speak OpenAI's chat completions. */
export type Provider = {
  kind: ProviderKind
  /** Headers that carry the credential, as a flat list of names and values. */
  auth: (credential: string) => readonly string[]
  /** Which cap field the provider obeys, given the one that the caller used. */
  capField: (asked: string) => CapField
}

/** `Authorization: Bearer …`, the usual way. */
export const bearer = (credential: string): readonly string[] => ['authorization', `Bearer ${credential}`]
