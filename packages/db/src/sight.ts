import type { MemberId, TeamId } from '@tollkeeper/domain/id'

/** What somebody may see who may not see everything: what these teams used, and what was their own. */
export type Sight = { teamIds: readonly TeamId[]; memberId: MemberId }
