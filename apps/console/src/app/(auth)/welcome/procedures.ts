import { randomBytes } from 'node:crypto'
import { base62 } from '@tollkeeper/domain/id'
import { makeId } from '#server/ids.ts'
import { createOrganisation } from '#server/organisations.ts'
import { publishOutbox } from '#server/publish.ts'
import { router, userProcedure } from '#server/trpc.ts'
import { createOrganisationInput, slugOf } from './inputs.ts'

export const welcomeProcedures = router({
  /** Makes an organisation with the caller as its owner. A slug that is taken or empty gets random characters. */
  createOrganisation: userProcedure.input(createOrganisationInput).mutation(async ({ ctx, input }) => {
    const { prisma } = ctx.stores.database
    const wanted = slugOf(input.name)
    const taken =
      wanted === '' ||
      (await prisma.organisation.findUnique({ where: { slug: wanted }, select: { id: true } })) !== null
    const slug = taken ? [wanted, base62(6, randomBytes).toLowerCase()].filter(Boolean).join('-') : wanted
    const owner = { userId: ctx.session.userId, email: ctx.session.email, name: ctx.session.name ?? ctx.session.email }
    const outbox = await prisma.$transaction((tx) =>
      createOrganisation(tx, { id: makeId('org'), slug, ...input }, owner),
    )
    await publishOutbox(ctx.stores, outbox)
    return { slug }
  }),
})
