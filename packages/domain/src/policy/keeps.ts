import type { ProviderKind } from './org-policy.ts'

/**
 * Kinds of provider that are known to call tools and to keep to a JSON schema as they are asked. Behind an address of
 * one's own there may be any model: an answer without its tool call would look like one.
 */
const keeping: ReadonlySet<ProviderKind> = new Set<ProviderKind>(['openai', 'anthropic', 'simulator'])

/** Whether a provider may stand in for another where tools or a schema are asked for. */
export const keepsDefinitions = (kind: ProviderKind): boolean => keeping.has(kind)
