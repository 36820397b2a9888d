import { callable } from '@tollkeeper/db/providers'
import { credentialMark } from '@tollkeeper/domain/credential'
import { readBreakers, type BreakerView } from '@tollkeeper/redis/breaker-states'
import { StoreUnavailable } from '@tollkeeper/redis/connection'
import type { OrgContext } from '#server/trpc.ts'
import { refuse } from '#server/refusal.ts'
import { orgProcedure, router } from '#server/trpc.ts'

export const healthProcedures = router({
  /**
   * Circuit breakers that opened or were held back in the last week, of providers as they are connected now, and as all
   * proxies share them. A model that is not in the list is asked as ever.
   */
  list: orgProcedure('provider.read').query(async ({ ctx }) => {
    const { nowMs, breakers } = await read(ctx)
    const marks = new Map(
      (await callable(ctx.db, ctx.org.id)).map(({ id, sealedCredential }) => [id, credentialMark(sealedCredential)]),
    )
    return breakers
      .filter(({ providerId, credential }) => marks.get(providerId) === credential)
      .map((breaker) => seen(breaker, nowMs))
      .toSorted((a, b) => (a.model < b.model ? -1 : 1))
  }),
})

async function read({ stores, org }: Pick<OrgContext, 'stores' | 'org'>) {
  try {
    return await readBreakers(stores.redis, org.id)
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    throw refuse('unavailable', 'The circuit breakers cannot be read: Redis does not answer.')
  }
}

/** What the page shows. `waitMs`: until the provider may be asked again, by the store's clock. */
function seen({ providerId, model, failed, answered, trips, ...at }: BreakerView, nowMs: number) {
  const { openedAtMs, opensUntilMs, limitedUntilMs } = at
  const state =
    opensUntilMs !== null
      ? opensUntilMs > nowMs
        ? ('open' as const)
        : ('half-open' as const)
      : limitedUntilMs > nowMs
        ? ('limited' as const)
        : ('closed' as const)
  const waitMs = Math.max(0, Math.max(opensUntilMs ?? 0, limitedUntilMs) - nowMs)
  const openedAt = openedAtMs === null ? null : new Date(openedAtMs)
  return { providerId, model, state, waitMs, openedAt, failed, answered, trips }
}
