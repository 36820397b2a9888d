import type { MemberId, OrgId, RoleGroupId, RoleId, TeamId } from '@tollkeeper/domain/id'
import { atomic } from './atomic.ts'
import { endOfScopes } from './budgets/set.ts'
import type { Db } from './client.ts'
import type { Access, Prisma } from './generated/client.ts'
import { makeId } from './ids.ts'
import { keysOfMember } from './keys/of-scope.ts'
import { disableKeys } from './keys/status.ts'
import { fromRow as organisationFromRow, type Organisation } from './organisations.ts'
import { done, no, type Outcome } from './outcome.ts'
import { noteKeyChanges, noteOrgChange } from './policies/outbox.ts'
import { emailText } from './users.ts'

export type { Access } from './generated/client.ts'

/** A person inside one organisation: the `user` scope. `access` is what they may do in the console. */
export type Member = {
  id: MemberId
  /** Their login; null until they sign in. */
  userId: string | null
  email: string
  name: string
  access: Access
  role: { id: RoleId; name: string; group: { id: RoleGroupId; name: string } | null } | null
  teams: { id: TeamId; name: string; lead: boolean }[]
  createdAt: Date
  removedAt: Date | null
}

const whole = {
  role: { include: { roleGroup: true } },
  teams: { include: { team: true }, where: { team: { archivedAt: null } } },
} satisfies Prisma.MemberInclude

export type MemberFilter = { search?: string; teamId?: TeamId; roleId?: RoleId; removed?: boolean }

/** People by name. `search` looks in names and addresses. */
export async function list(db: Db, orgId: OrgId, filter: MemberFilter = {}): Promise<Member[]> {
  const contains = filter.search === undefined ? undefined : ({ contains: filter.search, mode: 'insensitive' } as const)
  const rows = await db.member.findMany({
    where: {
      orgId,
      ...(filter.removed === true ? {} : { removedAt: null }),
      ...(filter.roleId === undefined ? {} : { roleId: filter.roleId }),
      ...(filter.teamId === undefined ? {} : { teams: { some: { teamId: filter.teamId } } }),
      ...(contains === undefined ? {} : { OR: [{ name: contains }, { email: contains }] }),
    },
    include: whole,
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  })
  return rows.map(fromRow)
}

export async function one(db: Db, orgId: OrgId, id: MemberId): Promise<Member | undefined> {
  const row = await db.member.findUnique({ where: { orgId_id: { orgId, id } }, include: whole })
  return row ? fromRow(row) : undefined
}

export type Membership = { organisation: Organisation; member: Member }

/** What a login is in the organisation of a slug; undefined when it is nothing there, which reads as "no such page". */
export async function membershipOf(db: Db, userId: string, slug: string): Promise<Membership | undefined> {
  return (await membershipsOf(db, userId)).find((each) => each.organisation.slug === slug)
}

/** Every organisation a login belongs to, by name. */
export async function membershipsOf(db: Db, userId: string): Promise<Membership[]> {
  const rows = await db.member.findMany({
    where: { userId, removedAt: null },
    include: { ...whole, org: true },
    orderBy: { org: { name: 'asc' } },
  })
  return rows.map(({ org, ...row }) => ({ organisation: organisationFromRow(org), member: fromRow(row) }))
}

export type NewMember = {
  email: string
  name: string
  access: Access
  userId?: string
  roleId?: RoleId | null
  teamIds?: readonly TeamId[]
}

/** Adds a person, or brings a removed one back with what is given now. */
export async function create(
  db: Db,
  orgId: OrgId,
  input: NewMember,
): Promise<Outcome<Member, 'taken' | 'no-team' | 'no-role'>> {
  return atomic(db, async (tx) => {
    const email = emailText(input.email)
    const teamIds = [...new Set(input.teamIds)]
    const teams = await tx.team.count({ where: { orgId, id: { in: teamIds }, archivedAt: null } })
    if (teams !== teamIds.length) return no('no-team')
    if (!(await roleExists(tx, orgId, input.roleId ?? null))) return no('no-role')
    const columns = {
      name: input.name,
      access: input.access,
      roleId: input.roleId ?? null,
      userId: input.userId ?? null,
    }
    const former = await tx.member.findUnique({ where: { orgId_email: { orgId, email } } })
    if (former && former.removedAt === null) return no('taken')
    const { id } = former
      ? await tx.member.update({ where: { orgId_id: { orgId, id: former.id } }, data: { ...columns, removedAt: null } })
      : await tx.member.create({ data: { orgId, id: makeId('member'), email, ...columns } })
    await tx.teamMember.createMany({
      data: teamIds.map((teamId) => ({ orgId, teamId, memberId: id })),
      skipDuplicates: true,
    })
    const member = await one(tx, orgId, id as MemberId)
    if (!member) throw new Error('The member just made is gone')
    return done(member)
  })
}

export type MemberChange = { name?: string; access?: Access; roleId?: RoleId | null }

/** Changes a person. An organisation always keeps an owner. Another role moves their keys under its limits. */
export async function update(
  db: Db,
  orgId: OrgId,
  id: MemberId,
  input: MemberChange,
): Promise<Outcome<Member, 'not-found' | 'no-role' | 'last-owner'>> {
  return atomic(db, async (tx) => {
    const before = await one(tx, orgId, id)
    if (!before || before.removedAt !== null) return no('not-found')
    if (input.roleId !== undefined && !(await roleExists(tx, orgId, input.roleId))) return no('no-role')
    const demoted = before.access === 'owner' && input.access !== undefined && input.access !== 'owner'
    if (demoted && !(await hasOtherOwner(tx, orgId, id))) return no('last-owner')
    await tx.member.update({ where: { orgId_id: { orgId, id } }, data: input })
    if (input.roleId !== undefined && input.roleId !== (before.role?.id ?? null)) {
      await noteKeyChanges(tx, orgId, await keysOfMember(tx, orgId, id))
    }
    if (input.name !== undefined && input.name !== before.name) await noteOrgChange(tx, orgId)
    const after = await one(tx, orgId, id)
    return after ? done(after) : no('not-found')
  })
}

/** Removes a person: they can no longer open the organisation, and their limits end. Their keys are disabled or go on. */
export async function remove(
  db: Db,
  orgId: OrgId,
  id: MemberId,
  options: { keys: 'disable' | 'keep' },
  at = new Date(),
): Promise<Outcome<{ disabledKeys: number }, 'not-found' | 'last-owner'>> {
  return atomic(db, async (tx) => {
    const before = await one(tx, orgId, id)
    if (!before || before.removedAt !== null) return no('not-found')
    if (before.access === 'owner' && !(await hasOtherOwner(tx, orgId, id))) return no('last-owner')
    await tx.member.update({ where: { orgId_id: { orgId, id } }, data: { removedAt: at } })
    await tx.teamMember.deleteMany({ where: { orgId, memberId: id } })
    const disabledKeys = options.keys === 'disable' ? await disableKeys(tx, orgId, { memberId: id }, at) : 0
    if (options.keys === 'disable') {
      await tx.rateLimit.deleteMany({ where: { orgId, scopeKind: 'user', scopeId: id } })
      await endOfScopes(tx, orgId, [{ kind: 'user', id }], at)
    }
    await noteOrgChange(tx, orgId)
    return done({ disabledKeys })
  })
}

/**
 * Gives a login the memberships that were made for its address before it existed. Only after the address was verified:
 * by an invitation that was sent to it, or by an identity provider that says so.
 */
export async function claim(db: Db, user: { id: string; email: string }): Promise<number> {
  const { count } = await db.member.updateMany({
    where: { email: emailText(user.email), userId: null, removedAt: null },
    data: { userId: user.id },
  })
  return count
}

const hasOtherOwner = async (tx: Db, orgId: OrgId, id: MemberId): Promise<boolean> => {
  // Two owners who demote each other at the same time must not both succeed.
  await tx.$queryRaw`SELECT id FROM member WHERE org_id = ${orgId} AND access = 'owner' ORDER BY id FOR UPDATE`
  const others = await tx.member.count({ where: { orgId, access: 'owner', removedAt: null, id: { not: id } } })
  return others > 0
}

const roleExists = async (tx: Db, orgId: OrgId, id: RoleId | null): Promise<boolean> =>
  id === null || (await tx.role.findUnique({ where: { orgId_id: { orgId, id } } })) !== null

type Row = Prisma.MemberGetPayload<{ include: typeof whole }>

function fromRow(row: Row): Member {
  const { id, userId, email, name, access, createdAt, removedAt, role, teams } = row
  const group = role?.roleGroup
  return {
    id: id as MemberId,
    userId,
    email,
    name,
    access,
    createdAt,
    removedAt,
    role: role && {
      id: role.id as RoleId,
      name: role.name,
      group: group ? { id: group.id as RoleGroupId, name: group.name } : null,
    },
    teams: teams
      .map(({ team, lead }) => ({ id: team.id as TeamId, name: team.name, lead }))
      .toSorted((a, b) => a.name.localeCompare(b.name)),
  }
}
