import { listOverrides, toPrice } from '@tollkeeper/db/prices'
import * as providers from '@tollkeeper/db/providers'
import * as reratings from '@tollkeeper/db/reratings'
import type { ProviderId } from '@tollkeeper/domain/id'
import { usdText } from '@tollkeeper/domain/price'
import { instantOf } from '@tollkeeper/domain/time'
import { change } from '#server/change.ts'
import { refuse } from '#server/refusal.ts'
import { orgProcedure, router, type OrgContext } from '#server/trpc.ts'
import { startInput, previewInput } from './inputs.ts'

export const reratingsProcedures = router({
  /** What applying a model's present own price to usage since a day would change. Changes nothing. */
  preview: orgProcedure('provider.write')
    .input(previewInput)
    .query(async ({ ctx, input }) => (await previewed(ctx, input)).preview),

  /** Has the worker apply it. The charges stay; the differences become rows of their own in the ledger. */
  start: orgProcedure('provider.write')
    .input(startInput)
    .mutation(async ({ ctx, input }) => {
      const { preview, stretch, price } = await previewed(ctx, input)
      if (preview.attempts === 0) throw refuse('invalid', 'Nothing would change.', 'since')
      const expectedNano = preview.rightNano - preview.chargedNano
      return change(ctx, async (tx, audit) => {
        const started = await reratings.start(tx, ctx.org.id, {
          ...stretch,
          priceId: price.id,
          reason: input.reason,
          actor: { id: ctx.member.id, name: ctx.member.name },
          attempts: preview.attempts,
          expectedNano,
          leftAlone: preview.leftAlone,
        })
        if (!started.ok) throw refuse('conflict', 'Another price is being applied. Wait until that is done.')
        audit({
          action: 'price.apply',
          target: `provider:${stretch.providerId}`,
          after: {
            model: stretch.model,
            price: price.id,
            since: stretch.since.toISOString(),
            attempts: preview.attempts,
            difference: usdText(expectedNano),
            reason: input.reason,
          },
        })
        return { id: started.value }
      })
    }),

  /** Prices that are, or were, applied to past usage, newest first, with what the ledger has of each. */
  list: orgProcedure('provider.write').query(async ({ ctx }) => {
    const all = await reratings.list(ctx.db, ctx.org.id)
    return all.map((rerating) => {
      const { orgId: _, reached: __, ...seen } = rerating
      return seen
    })
  }),
})

async function previewed(ctx: OrgContext, input: { id: ProviderId; model: string; since: string }) {
  const { prisma } = ctx.stores.database
  const provider = await providers.one(prisma, ctx.org.id, input.id)
  if (!provider?.models.some((model) => model.name === input.model)) {
    throw refuse('not-found', 'There is no such model.')
  }
  const now = new Date()
  const overrides = await listOverrides(prisma, ctx.org.id)
  const price = overrides.find(
    (each) => each.providerId === provider.id && each.model === input.model && each.effectiveFrom <= now,
  )
  if (!price) throw refuse('invalid', 'Give the model a price of your own first.')
  const since = new Date(startOf(ctx.org.timeZone, input.since))
  if (since >= now) throw refuse('invalid', 'Choose a day that has begun.', 'since')
  const stretch = { providerId: provider.id, model: input.model, since, until: now }
  return {
    price,
    stretch,
    preview: await reratings.preview(prisma, ctx.org.id, { stretch, price: toPrice(price), now }),
  }
}

/** Where a day of a zone begins; `date` is YYYY-MM-DD. */
function startOf(zone: string, date: string): number {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number)
  return instantOf(zone, { year, month, day, hour: 0, minute: 0, second: 0 })
}
