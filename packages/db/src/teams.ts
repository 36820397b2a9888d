import type { MemberId, OrgId, TeamId } from '@tollkeeper/domain/id'
import { atomic } from './atomic.ts'
import { endOfScopes } from './budgets/set.ts'
import type { Db } from './client.ts'
import type { Prisma } from './generated/client.ts'
import { makeId } from './ids.ts'
import { disableKeys } from './keys/status.ts'
import { done, isTaken, no, type Outcome } from './outcome.ts'
import { noteOrgChange } from './policies/outbox.ts'

export type Team = {
  id: TeamId
  name: string
  createdAt: Date
  archivedAt: Date | null
  /** People in it who are still in the organisation. */
  members: number
  /** Keys that are not revoked. */
  keys: number
}

const counts = {
  _count: {
    select: {
      members: { where: { member: { removedAt: null } } },
      keys: { where: { status: { not: 'revoked' }, purpose: 'standard' } },
    },
  },
} satisfies Prisma.TeamInclude

/** Teams by name; archived ones only when asked for. */
export async function list(db: Db, orgId: OrgId, filter: { archived?: boolean } = {}): Promise<Team[]> {
  const live = filter.archived === true ? {} : { archivedAt: null }
  const rows = await db.team.findMany({ where: { orgId, ...live }, include: counts, orderBy: { name: 'asc' } })
  return rows.map(fromRow)
}

export async function one(db: Db, orgId: OrgId, id: TeamId): Promise<Team | undefined> {
  const row = await db.team.findUnique({ where: { orgId_id: { orgId, id } }, include: counts })
  return row ? fromRow(row) : undefined
}

export async function create(db: Db, orgId: OrgId, name: string): Promise<Outcome<Team, 'taken'>> {
  const [row] = await db.team.createManyAndReturn({ data: [{ orgId, id: makeId('team'), name }], skipDuplicates: true })
  return row ? done(fromRow({ ...row, _count: { members: 0, keys: 0 } })) : no('taken')
}

export async function rename(
  db: Db,
  orgId: OrgId,
  id: TeamId,
  name: string,
): Promise<Outcome<true, 'not-found' | 'taken'>> {
  try {
    return await atomic(db, async (tx) => {
      const { count } = await tx.team.updateMany({ where: { orgId, id }, data: { name } })
      if (count === 0) return no('not-found')
      await noteOrgChange(tx, orgId)
      return done(true)
    })
  } catch (error) {
    if (isTaken(error)) return no('taken')
    throw error
  }
}

/** Archives a team: its keys are disabled and its limits end. Gives how many keys that were. */
export async function archive(
  db: Db,
  orgId: OrgId,
  id: TeamId,
  at = new Date(),
): Promise<Outcome<{ disabledKeys: number }, 'not-found'>> {
  return atomic(db, async (tx) => {
    const { count } = await tx.team.updateMany({ where: { orgId, id, archivedAt: null }, data: { archivedAt: at } })
    if (count === 0) return no('not-found')
    const disabledKeys = await disableKeys(tx, orgId, { teamId: id }, at)
    await tx.rateLimit.deleteMany({ where: { orgId, scopeKind: 'team', scopeId: id } })
    await endOfScopes(tx, orgId, [{ kind: 'team', id }], at)
    await noteOrgChange(tx, orgId)
    return done({ disabledKeys })
  })
}

/** Puts a person into a team, or changes whether they lead it. False when either is not of this organisation. */
export async function putMember(
  db: Db,
  orgId: OrgId,
  place: { teamId: TeamId; memberId: MemberId; lead: boolean },
): Promise<boolean> {
  const { teamId, memberId, lead } = place
  return atomic(db, async (tx) => {
    const team = await tx.team.findFirst({ where: { orgId, id: teamId, archivedAt: null } })
    const member = await tx.member.findFirst({ where: { orgId, id: memberId, removedAt: null } })
    if (!team || !member) return false
    await tx.teamMember.upsert({
      where: { orgId_teamId_memberId: { orgId, teamId, memberId } },
      create: { orgId, teamId, memberId, lead },
      update: { lead },
    })
    return true
  })
}

/** Takes a person out of a team. Keys they have there stay theirs and the team's. */
export async function removeMember(
  db: Db,
  orgId: OrgId,
  place: { teamId: TeamId; memberId: MemberId },
): Promise<boolean> {
  const { count } = await db.teamMember.deleteMany({ where: { orgId, ...place } })
  return count === 1
}

type Row = Prisma.TeamGetPayload<{ include: typeof counts }>

const fromRow = ({ id, name, createdAt, archivedAt, _count }: Row): Team => ({
  id: id as TeamId,
  name,
  createdAt,
  archivedAt,
  members: _count.members,
  keys: _count.keys,
})
