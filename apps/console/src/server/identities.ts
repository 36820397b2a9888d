import type { Db } from '@tollkeeper/db/client'

/** What an OIDC provider says of somebody. `email` only when the provider verified it. */
export type Identity = { provider: string; subject: string; email: string | null; name: string | null }

/**
 * The user behind an identity, making and linking it where that is safe: only for an address that the provider verified
 * and that somebody here has invited or made a member. Null for everybody else.
 */
export async function linkIdentity(db: Db, identity: Identity): Promise<string | null> {
  const { provider, subject } = identity
  const known = await db.account.findUnique({
    where: { provider_providerAccountId: { provider, providerAccountId: subject } },
  })
  if (known) return known.userId
  const email = identity.email?.trim().toLowerCase()
  if (!email) return null
  const [user, members, invites] = await Promise.all([
    db.user.findUnique({ where: { email } }),
    db.member.count({ where: { email, removedAt: null } }),
    db.invite.count({ where: { email, acceptedAt: null, revokedAt: null, expiresAt: { gt: new Date() } } }),
  ])
  if (!user && members === 0 && invites === 0) return null
  const now = new Date()
  const account = { type: 'oauth', provider, providerAccountId: subject }
  if (user) {
    await db.user.update({
      where: { id: user.id },
      data: { emailVerified: user.emailVerified ?? now, accounts: { create: account } },
    })
    await db.member.updateMany({ where: { email, userId: null, removedAt: null }, data: { userId: user.id } })
    return user.id
  }
  const made = await db.user.create({
    data: { email, name: identity.name, emailVerified: now, sessionsValidFrom: now, accounts: { create: account } },
  })
  await db.member.updateMany({ where: { email, userId: null, removedAt: null }, data: { userId: made.id } })
  return made.id
}
