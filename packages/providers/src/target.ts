import type { ProviderKind } from '@tollkeeper/domain/policy'
import { providerOf } from './registry.ts'
import type { Provider } from './provider.ts'

/** Where and as whom to call: everything about a call that does not change from request to request. */
export type Target = {
  provider: Provider
  origin: string
  /** Path of the base URL, without a slash at its end. */
  prefix: string
  /** Built, never the client's: a flat list of names and values, the credential last. */
  headers: readonly string[]
}

/** Origin that a credential is bound to: scheme, host and port of the base URL. */
export const originOf = (baseUrl: string): string => new URL(baseUrl).origin

/** Prepares calls of one configured provider. `credential` is in the clear, or null where none is needed. */
export function targetOf(kind: ProviderKind, baseUrl: string, credential: string | null): Target {
  const provider = providerOf(kind)
  const { origin, pathname } = new URL(baseUrl)
  const headers = [
    'content-type',
    'application/json',
    'accept-encoding',
    'identity',
    'user-agent',
    'gateway/1',
    ...(credential === null ? [] : provider.auth(credential)),
  ]
  return { provider, origin, prefix: pathname.replace(/\/+$/, ''), headers }
}
