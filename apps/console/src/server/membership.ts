import type { Db } from '@tollkeeper/db/client'
import type { MemberId, OrgId, TeamId } from '@tollkeeper/domain/id'
import type { Access } from '#server/roles.ts'

export type OrgSummary = { id: OrgId; slug: string; name: string; timeZone: string; demo: boolean }

/** Somebody in one organisation. `leads` are the teams they lead. */
export type Membership = {
  org: OrgSummary
  member: { id: MemberId; name: string; email: string; access: Access }
  leads: readonly TeamId[]
}

/** The user's place in the organisation with this slug; null when there is none, whether or not it exists. */
export async function membershipOf(db: Db, slug: string, userId: string): Promise<Membership | null> {
  const row = await db.member.findFirst({
    where: { userId, removedAt: null, org: { slug } },
    include: { org: true, teams: { where: { lead: true }, select: { teamId: true } } },
  })
  if (!row) return null
  const { org } = row
  return {
    org: { id: org.id as OrgId, slug: org.slug, name: org.name, timeZone: org.timeZone, demo: org.demo },
    member: { id: row.id as MemberId, name: row.name, email: row.email, access: row.access },
    leads: row.teams.map((team) => team.teamId as TeamId),
  }
}

/** The organisations somebody belongs to, by name. */
export async function organisationsOf(db: Db, userId: string): Promise<Pick<OrgSummary, 'slug' | 'name'>[]> {
  return db.organisation.findMany({
    where: { members: { some: { userId, removedAt: null } } },
    select: { slug: true, name: true },
    orderBy: { name: 'asc' },
  })
}
