import { z } from 'zod'
import type { KeyId, MemberId, OrgId, RoleGroupId, RoleId, TeamId } from '../id/index.ts'

/** Kinds of scope in the order of the chain, widest first (design.md 5). */
export const scopeKinds = ['organisation', 'team', 'role-group', 'role', 'user', 'key'] as const
export type ScopeKind = (typeof scopeKinds)[number]
export const scopeKind = z.enum(scopeKinds)

/** A node that can carry budgets and rate limits. */
export type Scope = { kind: ScopeKind; id: string }

/** The ids one request passes through. A key always has an organisation; the rest may be absent. */
export type ScopeIds = {
  orgId: OrgId
  teamId: TeamId | null
  roleGroupId: RoleGroupId | null
  roleId: RoleId | null
  userId: MemberId | null
  keyId: KeyId
}

/** organisation ▸ team ▸ role group ▸ role ▸ user ▸ key, without the absent ones. */
export type ScopeChain = readonly Scope[]

export function chainOf(ids: ScopeIds): ScopeChain {
  const chain: Scope[] = [{ kind: 'organisation', id: ids.orgId }]
  if (ids.teamId) chain.push({ kind: 'team', id: ids.teamId })
  if (ids.roleGroupId) chain.push({ kind: 'role-group', id: ids.roleGroupId })
  if (ids.roleId) chain.push({ kind: 'role', id: ids.roleId })
  if (ids.userId) chain.push({ kind: 'user', id: ids.userId })
  chain.push({ kind: 'key', id: ids.keyId })
  return chain
}

export const sameScope = (a: Scope, b: Scope): boolean => a.kind === b.kind && a.id === b.id

/** `team:team_4fQ…`: how a scope is written in keys, maps and logs. */
export const scopeText = (scope: { kind: string; id: string }): string => `${scope.kind}:${scope.id}`
