import type { OrgId } from '@tollkeeper/domain/id'
import { scopeText, type Scope, type ScopeKind } from '@tollkeeper/domain/scope'
import type { Db } from './client.ts'

/** Names of scopes by their text (`team:team_4fQ…`). Scopes that are gone or belong to others are absent. */
export type ScopeNames = ReadonlyMap<string, string>

/**
 * Names of the given scopes of an organisation, in one query per kind that occurs. Archived teams, removed people and
 * revoked keys still have names, since history names them.
 */
export async function namesOf(db: Db, orgId: OrgId, scopes: readonly Scope[]): Promise<ScopeNames> {
  const names = new Map<string, string>()
  for (const [kind, ids] of byKind(scopes)) {
    for (const { id, name } of await readers[kind](db, orgId, ids)) names.set(scopeText({ kind, id }), name)
  }
  return names
}

/** The name of a scope that can be given limits: not archived, removed or revoked. Undefined for all others. */
export async function liveNameOf(db: Db, orgId: OrgId, scope: Scope): Promise<string | undefined> {
  const found = await readers[scope.kind](db, orgId, [scope.id])
  return found.find((row) => !row.gone)?.name
}

type Named = { id: string; name: string; gone: boolean }
type Reader = (db: Db, orgId: OrgId, ids: readonly string[]) => Promise<Named[]>

const among = (orgId: OrgId, ids: readonly string[]) => ({ orgId, id: { in: [...ids] } })

const readers: Record<ScopeKind, Reader> = {
  async organisation(db, orgId, ids) {
    if (!ids.includes(orgId)) return []
    return (await db.organisation.findMany({ where: { id: orgId } })).map((row) => named(row, false))
  },
  team: async (db, orgId, ids) =>
    (await db.team.findMany({ where: among(orgId, ids) })).map((row) => named(row, row.archivedAt !== null)),
  'role-group': async (db, orgId, ids) =>
    (await db.roleGroup.findMany({ where: among(orgId, ids) })).map((row) => named(row, false)),
  role: async (db, orgId, ids) =>
    (await db.role.findMany({ where: among(orgId, ids) })).map((row) => named(row, false)),
  user: async (db, orgId, ids) =>
    (await db.member.findMany({ where: among(orgId, ids) })).map((row) => named(row, row.removedAt !== null)),
  key: async (db, orgId, ids) =>
    (await db.apiKey.findMany({ where: among(orgId, ids) })).map((row) => named(row, row.status === 'revoked')),
}

const named = (row: { id: string; name: string }, gone: boolean): Named => ({ id: row.id, name: row.name, gone })

function byKind(scopes: readonly Scope[]): Map<ScopeKind, string[]> {
  const kinds = new Map<ScopeKind, string[]>()
  for (const { kind, id } of scopes) kinds.set(kind, [...(kinds.get(kind) ?? []), id])
  return kinds
}
