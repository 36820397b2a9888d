import type { ScopeKind } from '@tollkeeper/domain/scope'
import type { ScopeKind as ScopeKindColumn } from './generated/client.ts'

/** Prisma has no hyphens in its enums. */
export const scopeKindToRow = (kind: ScopeKind): ScopeKindColumn => (kind === 'role-group' ? 'role_group' : kind)
export const scopeKindFromRow = (kind: ScopeKindColumn): ScopeKind => (kind === 'role_group' ? 'role-group' : kind)
