import type { Db } from '@tollkeeper/db/client'
import { one, update } from '@tollkeeper/db/organisations'
import * as rateLimits from '@tollkeeper/db/rate-limits'
import type { OrgId } from '@tollkeeper/domain/id'
import { change } from '#server/change.ts'
import { refuse } from '#server/refusal.ts'
import { orgProcedure, router } from '#server/trpc.ts'
import { settingsInput } from './inputs.ts'

export const settingsProcedures = router({
  /** What the page shows: the organisation's settings and its own rate limits. */
  read: orgProcedure('settings.read').query(({ ctx }) => settingsOf(ctx.db, ctx.org.id)),

  /** Replaces all of them. Gives them as they are now. */
  update: orgProcedure('settings.write')
    .input(settingsInput)
    .mutation(({ ctx, input }) =>
      change(ctx, async (tx, audit) => {
        const before = await settingsOf(tx, ctx.org.id)
        const { org: _, requestsPerMinute, requestsPerHour, tokensPerMinute, tokensPerHour, ...settings } = input
        await update(tx, ctx.org.id, settings)
        const scope = scopeOf(ctx.org.id)
        const kept = await rateLimits.byScope(tx, ctx.org.id, scope)
        await rateLimits.set(tx, ctx.org.id, scope, {
          requestsPerMinute,
          requestsPerHour,
          tokensPerMinute,
          tokensPerHour,
          bucket: kept?.bucket ?? null,
          concurrency: kept?.concurrency ?? null,
        })
        const after = await settingsOf(tx, ctx.org.id)
        audit({ action: 'settings.update', target: `organisation:${ctx.org.id}`, before, after })
        return after
      }),
    ),
})

const scopeOf = (orgId: OrgId) => ({ kind: 'organisation', id: orgId }) as const

async function settingsOf(db: Db, orgId: OrgId) {
  const [org, limits] = [await one(db, orgId), await rateLimits.byScope(db, orgId, scopeOf(orgId))]
  if (!org) throw refuse('not-found', 'There is no such organisation.')
  const {
    name,
    timeZone,
    moneyRefusalStatus,
    showAmounts,
    defaultMaxOutputTokens,
    storeOutage,
    provisionalRule,
    joinInFlight,
  } = org
  return {
    name,
    timeZone,
    moneyRefusalStatus,
    showAmounts,
    defaultMaxOutputTokens,
    storeOutage,
    provisionalRule,
    joinInFlight,
    requestsPerMinute: limits?.requestsPerMinute ?? null,
    requestsPerHour: limits?.requestsPerHour ?? null,
    tokensPerMinute: limits?.tokensPerMinute ?? null,
    tokensPerHour: limits?.tokensPerHour ?? null,
  }
}
