import * as keys from '@tollkeeper/db/keys'
import * as members from '@tollkeeper/db/members'
import type { TeamId } from '@tollkeeper/domain/id'
import type { Scope } from '@tollkeeper/domain/scope'
import { filterOfSight } from '#server/sight.ts'
import type { OrgContext, Sight } from '#server/trpc.ts'
import type { Subject } from './inputs.ts'

/** Enough to choose from by typing; those beyond are found on their own pages. */
const mostOffered = 300

export type OfferedSubject = { subject: Subject; name: string; note: string }

/** The people and keys of a scope that the viewer may ask about, people first. */
export async function subjectsOf(ctx: OrgContext & { sight: Sight }, scope: Scope | null): Promise<OfferedSubject[]> {
  const { db, org, sight } = ctx
  const within = scope?.kind === 'organisation' ? null : scope
  const people = within?.kind === 'key' ? [] : (await members.list(db, org.id)).filter((one) => isIn(one, within))
  const seen = people.filter(
    ({ id, teams }) =>
      sight.kind === 'all' ||
      id === sight.memberId ||
      (sight.kind === 'team' && teams.some((team) => sight.teamIds.includes(team.id))),
  )
  const { keys: found } = await keys.list(db, org.id, {
    filter: {
      ...filterOfSight(sight),
      ...(within?.kind === 'team' && { teamIds: [within.id as TeamId] }),
    },
    limit: mostOffered,
  })
  const of = new Set<string>(people.map((person) => person.id))
  const shown = found.filter((key) => {
    if (key.status === 'revoked' || key.status === 'expired') return false
    if (within === null || within.kind === 'team') return true
    return within.kind === 'key' ? key.id === within.id : key.member !== null && of.has(key.member.id)
  })
  const teamId = within?.kind === 'team' ? (within.id as TeamId) : null
  return [
    ...seen.map(({ id, name, email }): OfferedSubject => ({
      subject: { kind: 'user', id, teamId },
      name,
      note: email,
    })),
    ...shown.map(({ id, name, last4 }): OfferedSubject => ({
      subject: { kind: 'key', id },
      name,
      note: `key …${last4}`,
    })),
  ]
}

function isIn({ id, teams, role }: members.Member, scope: Scope | null): boolean {
  switch (scope?.kind) {
    case 'team':
      return teams.some((team) => team.id === scope.id)
    case 'role-group':
      return role?.group?.id === scope.id
    case 'role':
      return role?.id === scope.id
    case 'user':
      return id === scope.id
    default:
      return true
  }
}
