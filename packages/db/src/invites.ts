import type { MemberId, OrgId, TeamId } from '@tollkeeper/domain/id'
import { atomic } from './atomic.ts'
import type { Db } from './client.ts'
import type { Access, Prisma } from './generated/client.ts'
import { makeId } from './ids.ts'
import * as members from './members.ts'
import { done, no, type Outcome } from './outcome.ts'
import * as teams from './teams.ts'
import { hashToken, newToken } from './tokens.ts'
import { emailText } from './users.ts'

const validMs = 72 * 3_600_000

export type Invite = {
  id: string
  email: string
  access: Access
  teamId: TeamId | null
  /** Member who invited. */
  invitedBy: MemberId
  createdAt: Date
  expiresAt: Date
}

export type NewInvite = Pick<Invite, 'email' | 'access' | 'teamId' | 'invitedBy'>

/**
 * Invites an address and gives the token for the link, which is kept nowhere. An earlier open invitation of the address
 * stops working. Valid 72 h, once, and only for that address (security.md T-INV).
 */
export async function create(
  db: Db,
  orgId: OrgId,
  input: NewInvite,
  at = new Date(),
): Promise<Outcome<{ invite: Invite; token: string }, 'taken' | 'no-team'>> {
  return atomic(db, async (tx) => {
    const email = emailText(input.email)
    if (await tx.member.findFirst({ where: { orgId, email, removedAt: null, userId: { not: null } } }))
      return no('taken')
    const { teamId } = input
    if (teamId !== null && !(await tx.team.findFirst({ where: { orgId, id: teamId, archivedAt: null } }))) {
      return no('no-team')
    }
    await tx.invite.updateMany({ where: { orgId, email, acceptedAt: null, revokedAt: null }, data: { revokedAt: at } })
    const token = newToken()
    const row = await tx.invite.create({
      data: {
        ...input,
        orgId,
        id: makeId('invite'),
        email,
        tokenHash: hashToken(token),
        createdAt: at,
        expiresAt: new Date(at.getTime() + validMs),
      },
    })
    return done({ invite: fromRow(row), token })
  })
}

/** Invitations that can still be accepted, newest first. */
export async function list(db: Db, orgId: OrgId, at = new Date()): Promise<Invite[]> {
  const rows = await db.invite.findMany({ where: { orgId, ...open(at) }, orderBy: { createdAt: 'desc' } })
  return rows.map(fromRow)
}

export async function revoke(db: Db, orgId: OrgId, id: string, at = new Date()): Promise<boolean> {
  const { count } = await db.invite.updateMany({
    where: { orgId, id, acceptedAt: null, revokedAt: null },
    data: { revokedAt: at },
  })
  return count === 1
}

/** What an open invitation is for, by its token; for the page that accepts it. */
export async function byToken(
  db: Db,
  token: string,
  at = new Date(),
): Promise<(Invite & { organisation: { name: string; slug: string } }) | undefined> {
  const row = await db.invite.findFirst({
    where: { tokenHash: hashToken(token), ...open(at) },
    include: { org: { select: { name: true, slug: true } } },
  })
  return row ? { ...fromRow(row), organisation: row.org } : undefined
}

export type Accepted = { orgId: OrgId; slug: string; memberId: MemberId }

/** Makes a login with the invited address a member. Works once. */
export async function accept(
  db: Db,
  token: string,
  user: { id: string; email: string; name: string },
  at = new Date(),
): Promise<Outcome<Accepted, 'invalid' | 'other-address'>> {
  return atomic(db, async (tx) => {
    const row = await tx.invite.findFirst({
      where: { tokenHash: hashToken(token), ...open(at) },
      include: { org: { select: { slug: true } } },
    })
    if (!row) return no('invalid')
    if (row.email !== emailText(user.email)) return no('other-address')
    const { count } = await tx.invite.updateMany({
      where: { orgId: row.orgId, id: row.id, acceptedAt: null, revokedAt: null },
      data: { acceptedAt: at },
    })
    if (count === 0) return no('invalid')
    const orgId = row.orgId as OrgId
    const memberId = await join(tx, orgId, { ...fromRow(row), userId: user.id, name: user.name })
    if (row.teamId !== null) {
      await teams.putMember(tx, orgId, { teamId: row.teamId as TeamId, memberId, lead: row.access === 'lead' })
    }
    return done({ orgId, slug: row.org.slug, memberId })
  })
}

/** A person who was listed without a login keeps id, limits and history; everybody else becomes a new member. */
async function join(
  tx: Db,
  orgId: OrgId,
  who: { email: string; access: Access; userId: string; name: string },
): Promise<MemberId> {
  const listed = await tx.member.findFirst({ where: { orgId, email: who.email, removedAt: null } })
  if (listed) {
    const data = { userId: who.userId, access: who.access }
    await tx.member.update({ where: { orgId_id: { orgId, id: listed.id } }, data })
    return listed.id as MemberId
  }
  const made = await members.create(tx, orgId, who)
  if (!made.ok) throw new Error(`An invited person cannot join: ${made.reason}`)
  return made.value.id
}

const open = (at: Date) =>
  ({ acceptedAt: null, revokedAt: null, expiresAt: { gt: at } }) satisfies Prisma.InviteWhereInput

type Row = Prisma.InviteGetPayload<object>

const fromRow = ({ id, email, access, teamId, invitedBy, createdAt, expiresAt }: Row): Invite => ({
  id,
  email,
  access,
  teamId: teamId as TeamId | null,
  invitedBy: invitedBy as MemberId,
  createdAt,
  expiresAt,
})
