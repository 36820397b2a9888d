import type { ApiKey } from '@tollkeeper/db/keys'
import type { MemberId, TeamId } from '@tollkeeper/domain/id'
import { reachOf, type Access, type Permission } from '#server/roles.ts'
import type { Sight } from '#server/trpc.ts'

type Viewer = { access: Access; member: { id: MemberId }; leads: readonly TeamId[] }

/** How far a permission goes for somebody; null when not at all. */
export function sightOf(viewer: Viewer, permission: Permission): Sight | null {
  const reach = reachOf(viewer.access, permission)
  if (reach === null || reach === 'all') return reach && { kind: reach }
  const memberId = viewer.member.id
  return reach === 'team' ? { kind: 'team', teamIds: viewer.leads, memberId } : { kind: 'own', memberId }
}

/** Whether a key is within a sight: a lead's covers the teams they lead and their own keys. */
export function covers(sight: Sight | null, key: Pick<ApiKey, 'team' | 'member'>): boolean {
  if (sight === null) return false
  if (sight.kind === 'all' || key.member?.id === sight.memberId) return true
  return sight.kind === 'team' && sight.teamIds.includes(key.team.id)
}
