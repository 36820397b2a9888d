import { consume } from '@tollkeeper/db/setup-links'
import { create } from '@tollkeeper/db/users'
import { limitedByAddress } from '#server/link-limit.ts'
import { hashPassword } from '#server/passwords.ts'
import { refuse } from '#server/refusal.ts'
import { publicProcedure, router } from '#server/trpc.ts'
import { setUpInput } from './inputs.ts'

export const setupProcedures = router({
  /** Makes the first account of an installation; the link works once and only while there is no account. */
  complete: publicProcedure.input(setUpInput).mutation(({ ctx, input }) =>
    limitedByAddress(ctx, 'setup', async () => {
      const { token, password, ...person } = input
      const passwordHash = await hashPassword(password)
      return ctx.stores.database.prisma.$transaction(async (tx) => {
        if (!(await consume(tx, token))) throw refuse('forbidden', 'This link was used before or has expired.')
        // The link was printed where only an operator reads, so the address needs no other proof.
        await create(tx, { ...person, passwordHash, emailVerified: new Date() })
      })
    }),
  ),
})
