import type { MemberId, TeamId } from '@tollkeeper/domain/id'
import type { Sight } from '#server/trpc.ts'

/** What a reading verb of the database is narrowed by, for somebody who may not see everything. */
export function filterOfSight(sight: Sight): { sight?: { teamIds: readonly TeamId[]; memberId: MemberId } } {
  if (sight.kind === 'all') return {}
  return { sight: { teamIds: sight.kind === 'team' ? sight.teamIds : [], memberId: sight.memberId } }
}
