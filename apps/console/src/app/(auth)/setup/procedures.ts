import { hashPassword } from '#server/passwords.ts'
import { refuse } from '#server/refusal.ts'
import { consume } from '#server/setup-links.ts'
import { makeAttemptLimit } from '#server/sign-in-limit.ts'
import { publicProcedure, router } from '#server/trpc.ts'
import { setUpInput } from './inputs.ts'

export const setupProcedures = router({
  /** Makes the first account of an installation; the link works once and only while there is no account. */
  complete: publicProcedure.input(setUpInput).mutation(async ({ ctx, input }) => {
    const { database, redis } = ctx.stores
    const limit = makeAttemptLimit(redis, 'setup')
    if ((await limit.waitSeconds(ctx.address, 'link')) > 0)
      throw refuse('busy', 'Too many attempts. Please try again later.')
    const passwordHash = await hashPassword(input.password)
    const made = await database.prisma.$transaction(async (tx) => {
      if (!(await consume(tx, input.token))) return false
      const now = new Date()
      // The link was printed where only an operator reads, so the address needs no other proof.
      await tx.user.create({
        data: { email: input.email, name: input.name, passwordHash, emailVerified: now, sessionsValidFrom: now },
      })
      return true
    })
    if (made) return
    await limit.failed(ctx.address, 'link')
    throw refuse('forbidden', 'This link was used before or has expired.')
  }),
})
