import type { Db } from '@tollkeeper/db/client'
import { claim } from '@tollkeeper/db/members'
import * as users from '@tollkeeper/db/users'

/** What an OIDC provider says of somebody. `email` only when the provider verified it. */
export type Identity = { provider: string; subject: string; email: string | null; name: string | null }

/**
 * The user behind an identity, making and linking it where that is safe: only for an address that the provider verified
 * and that has an account, a membership or an open invitation here. Undefined for everybody else.
 */
export async function linkIdentity(db: Db, identity: Identity): Promise<string | undefined> {
  const { provider, subject } = identity
  const known = await db.account.findUnique({
    where: { provider_providerAccountId: { provider, providerAccountId: subject } },
  })
  if (known) return known.userId
  if (identity.email === null || !(await isExpected(db, identity.email))) return undefined
  const { email } = identity
  const newcomer = { email, name: identity.name ?? email, passwordHash: null, emailVerified: new Date() }
  const user = (await users.byEmail(db, email)) ?? (await users.create(db, newcomer))
  if (!user) return undefined
  await db.account.create({ data: { userId: user.id, type: 'oauth', provider, providerAccountId: subject } })
  await claim(db, user)
  return user.id
}

async function isExpected(db: Db, address: string): Promise<boolean> {
  const email = users.emailText(address)
  if (await users.byEmail(db, email)) return true
  if (await db.member.findFirst({ where: { email, removedAt: null } })) return true
  const open = { email, acceptedAt: null, revokedAt: null, expiresAt: { gt: new Date() } }
  return (await db.invite.findFirst({ where: open })) !== null
}
