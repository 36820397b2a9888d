import { fail } from '@tollkeeper/domain/failure'
import type { CredentialBinding } from '@tollkeeper/domain/credential'
import type { OrgId } from '@tollkeeper/domain/id'
import type { PolicyProvider } from '@tollkeeper/domain/policy'
import { originOf, targetOf, type Target } from '@tollkeeper/providers'
import { LRUCache } from 'lru-cache'

/** @throws when it was sealed for another binding or key */
export type OpenCredential = (sealed: string, binding: CredentialBinding) => string

/** A credential is in memory in the clear for at most this long (security.md T-CRED). */
const keptMs = 300_000

/**
 * Providers of organisations with their credentials opened, ready to be called.
 *
 * @throws Failure `upstream_credential` when a credential cannot be opened
 */
export function makeTargets(open: OpenCredential): (orgId: OrgId, provider: PolicyProvider) => Target {
  const targets = new LRUCache<string, Target>({ max: 10_000, ttl: keptMs })
  return (orgId, provider) => {
    // The sealed text is in the name, so that a changed credential is another target.
    const name = `${orgId}/${provider.id}/${provider.baseUrl}/${provider.sealedCredential}`
    const there = targets.get(name)
    if (there) return there
    let target: Target
    try {
      const binding = { orgId, providerId: provider.id, origin: originOf(provider.baseUrl) }
      const credential = provider.sealedCredential === null ? null : open(provider.sealedCredential, binding)
      target = targetOf(provider.kind, provider.baseUrl, credential)
    } catch (cause) {
      throw fail('upstream_credential', { provider: provider.name }, { cause })
    }
    targets.set(name, target)
    return target
  }
}
