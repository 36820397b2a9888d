import type { Db } from '@tollkeeper/db/client'
import * as members from '@tollkeeper/db/members'
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
  const found = await members.membershipOf(db, userId, slug)
  if (!found) return null
  const { organisation, member } = found
  return {
    org: {
      id: organisation.id,
      slug: organisation.slug,
      name: organisation.name,
      timeZone: organisation.timeZone,
      demo: organisation.demo,
    },
    member: { id: member.id, name: member.name, email: member.email, access: member.access },
    leads: member.teams.filter((team) => team.lead).map((team) => team.id),
  }
}

/** The organisations somebody belongs to, by name. */
export async function organisationsOf(db: Db, userId: string): Promise<Pick<OrgSummary, 'slug' | 'name'>[]> {
  const memberships = await members.membershipsOf(db, userId)
  return memberships.map(({ organisation }) => ({ slug: organisation.slug, name: organisation.name }))
}
