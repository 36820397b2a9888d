import { append } from '@tollkeeper/db/audit'
import type { Db } from '@tollkeeper/db/client'
import { accept, byToken } from '@tollkeeper/db/invites'
import { create, type User } from '@tollkeeper/db/users'
import { limitedByAddress } from '#server/link-limit.ts'
import { hashPassword } from '#server/passwords.ts'
import { publishChanges } from '#server/publish.ts'
import { refuse } from '#server/refusal.ts'
import { publicProcedure, router, userProcedure } from '#server/trpc.ts'
import { acceptInput, joinInput } from './inputs.ts'

const refusals = {
  invalid: () => refuse('forbidden', 'This invitation was used before, was withdrawn or has expired.'),
  'other-address': () => refuse('forbidden', 'This invitation is for another e-mail address.'),
}

export const inviteProcedures = router({
  /** Makes the caller a member. The invitation must be for their address. */
  accept: userProcedure.input(acceptInput).mutation(({ ctx, input }) =>
    limitedByAddress(ctx, 'invite', async () => {
      const { userId: id, email, name } = ctx.session
      const { database } = ctx.stores
      const joined = await database.prisma.$transaction((tx) =>
        join(tx, input.token, { id, email, name: name ?? email }),
      )
      await publishChanges(ctx.stores, joined.orgId)
      return { slug: joined.slug }
    }),
  ),

  /** Makes an account for the invited address, and with it a member. The link reached that address, which proves it. */
  join: publicProcedure.input(joinInput).mutation(({ ctx, input }) =>
    limitedByAddress(ctx, 'invite', async () => {
      const { prisma } = ctx.stores.database
      const invite = await byToken(prisma, input.token)
      if (!invite) throw refusals.invalid()
      const passwordHash = await hashPassword(input.password)
      const joined = await prisma.$transaction(async (tx) => {
        const newcomer = { email: invite.email, name: input.name, passwordHash, emailVerified: new Date() }
        const user = await create(tx, newcomer)
        if (!user) throw refuse('conflict', 'There is already an account for this address. Sign in to accept.')
        return join(tx, input.token, { ...user, name: input.name })
      })
      await publishChanges(ctx.stores, joined.orgId)
      return { slug: joined.slug, email: invite.email }
    }),
  ),
})

async function join(tx: Db, token: string, user: Pick<User, 'id' | 'email'> & { name: string }) {
  const accepted = await accept(tx, token, user)
  if (!accepted.ok) throw refusals[accepted.reason]()
  const { orgId, memberId } = accepted.value
  const line = { action: 'invite.accept', target: `member:${memberId}`, after: { email: user.email } }
  await append(tx, orgId, { ...line, actorId: memberId, actorName: user.name })
  return accepted.value
}
