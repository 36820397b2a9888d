import type { OrgId, ProviderId } from '../id/index.ts'

declare const fromKey: unique symbol

/**
 * Whose prompts may be compared with each other: those of one organisation at one credential. Only `promptTenantOf`
 * makes one, out of an authenticated key's record, so that code without a tenant does not compile.
 */
export type PromptTenant = { readonly [fromKey]: true; readonly text: string }

/**
 * The tenant of an authenticated key at a provider. Another credential of the same provider is another tenant: it may
 * be another account, with other models and other terms.
 */
export function promptTenantOf(
  scopes: { readonly orgId: OrgId },
  provider: { readonly id: ProviderId; readonly sealedCredential: string | null },
): PromptTenant {
  return { text: JSON.stringify([scopes.orgId, provider.id, provider.sealedCredential]) } as PromptTenant
}
