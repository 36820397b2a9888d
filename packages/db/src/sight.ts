import type { MemberId, OrgId, TeamId } from '@tollkeeper/domain/id'
import { scopeText, type Scope } from '@tollkeeper/domain/scope'
import type { Db } from './client.ts'

/** What somebody may see who may not see everything: what these teams used, and what was their own. */
export type Sight = { teamIds: readonly TeamId[]; memberId: MemberId }

/** The scopes such a person sees: the teams, their people and keys; themselves and their own keys in any team. */
export async function scopesInSight(db: Db, orgId: OrgId, sight: Sight): Promise<(scope: Scope) => boolean> {
  const { memberId } = sight
  const teamId = { in: [...sight.teamIds] }
  const people = await db.teamMember.findMany({ where: { orgId, teamId }, select: { memberId: true } })
  const keys = await db.apiKey.findMany({
    where: { orgId, OR: [{ teamId }, { memberId }] },
    select: { id: true },
  })
  const seen = new Set(
    [
      ...sight.teamIds.map((id) => ({ kind: 'team', id }) as const),
      ...[memberId, ...people.map((row) => row.memberId)].map((id) => ({ kind: 'user', id }) as const),
      ...keys.map((row) => ({ kind: 'key', id: row.id }) as const),
    ].map(scopeText),
  )
  return (scope) => seen.has(scopeText(scope))
}
