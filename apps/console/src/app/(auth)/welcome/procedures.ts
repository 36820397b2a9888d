import { append } from '@tollkeeper/db/audit'
import { create as createMember } from '@tollkeeper/db/members'
import { create as createOrganisation } from '@tollkeeper/db/organisations'
import { publishChanges } from '#server/publish.ts'
import { router, userProcedure } from '#server/trpc.ts'
import { createOrganisationInput } from './inputs.ts'

export const welcomeProcedures = router({
  /** Makes an organisation with the caller as its owner. Gives its slug. */
  createOrganisation: userProcedure.input(createOrganisationInput).mutation(async ({ ctx, input }) => {
    const { userId, email } = ctx.session
    const name = ctx.session.name ?? email
    const organisation = await ctx.stores.database.prisma.$transaction(async (tx) => {
      const made = await createOrganisation(tx, input)
      await createMember(tx, made.id, { userId, email, name, access: 'owner' })
      const after = { name: made.name, slug: made.slug, timeZone: made.timeZone }
      const line = { action: 'organisation.create', target: `organisation:${made.id}`, after }
      await append(tx, made.id, { ...line, actorId: userId, actorName: name })
      return made
    })
    await publishChanges(ctx.stores, organisation.id)
    return { slug: organisation.slug }
  }),
})
