import * as fallbacks from '@tollkeeper/db/fallbacks'
import { offeredModels } from '@tollkeeper/db/policies'
import { keepsDefinitions } from '@tollkeeper/domain/policy'
import { change } from '#server/change.ts'
import { refuse } from '#server/refusal.ts'
import { orgProcedure, router } from '#server/trpc.ts'
import { fallbackInput } from './inputs.ts'

export const fallbacksProcedures = router({
  /** Chains of models, and the models that can be in them. */
  list: orgProcedure('provider.read').query(async ({ ctx }) => {
    const [chains, offered] = [await fallbacks.list(ctx.db, ctx.org.id), await offeredModels(ctx.db, ctx.org.id)]
    return {
      chains,
      models: offered.map(({ name, provider, price }) => ({
        name,
        provider: provider.name,
        free: price !== null && Object.values(price.rates).every((rate) => rate === 0n),
        unpriced: price === null,
        keepsTools: keepsDefinitions(provider.kind),
      })),
    }
  }),

  /** Replaces the chain of a model; an empty one removes it. */
  set: orgProcedure('provider.write')
    .input(fallbackInput)
    .mutation(({ ctx, input }) =>
      change(ctx, async (tx, audit) => {
        const { model, standIns } = input
        const offered = new Set((await offeredModels(tx, ctx.org.id)).map(({ name }) => name))
        const missing = [model, ...standIns].find((name) => !offered.has(name))
        // A chain of a model that is gone can still be removed.
        if (missing !== undefined && standIns.length > 0)
          throw refuse(
            'invalid',
            `No provider offers the model "${missing}".`,
            missing === model ? 'model' : 'standIns',
          )
        const before = await fallbacks.set(tx, ctx.org.id, { model, standIns })
        audit({
          action: standIns.length === 0 ? 'fallback.remove' : 'fallback.set',
          target: `organisation:${ctx.org.id}`,
          before: { model, standIns: before },
          after: { model, standIns },
        })
      }),
    ),
})
