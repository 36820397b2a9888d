import type { Db } from '@tollkeeper/db/client'
import type { OrgId } from '@tollkeeper/domain/id'
import { change } from '#server/change.ts'
import { orgProcedure, router } from '#server/trpc.ts'
import { settingsInput } from './inputs.ts'

export const settingsProcedures = router({
  read: orgProcedure('settings.read').query(({ ctx }) => readSettings(ctx.db, ctx.org.id)),

  update: orgProcedure('settings.write')
    .input(settingsInput)
    .mutation(({ ctx, input }) =>
      change(ctx, async (tx, notes) => {
        const before = await readSettings(tx, ctx.org.id)
        const { org: _slug, requestsPerMinute, requestsPerHour, tokensPerMinute, ...settings } = input
        const limits = { requestsPerMinute, requestsPerHour, tokensPerMinute }
        await tx.organisation.update({ where: { id: ctx.org.id }, data: settings })
        const scope = { orgId: ctx.org.id, scopeKind: 'organisation', scopeId: ctx.org.id } as const
        await tx.rateLimit.upsert({
          where: { orgId_scopeKind_scopeId: scope },
          create: { ...scope, ...limits },
          update: limits,
        })
        const after = await readSettings(tx, ctx.org.id)
        notes.audit({ action: 'settings.update', target: `organisation:${ctx.org.id}`, before, after })
        notes.policyChanged()
        return after
      }),
    ),
})

async function readSettings(db: Db, orgId: OrgId) {
  const [org, limits] = await Promise.all([
    db.organisation.findUniqueOrThrow({ where: { id: orgId } }),
    db.rateLimit.findUnique({
      where: { orgId_scopeKind_scopeId: { orgId, scopeKind: 'organisation', scopeId: orgId } },
    }),
  ])
  return {
    name: org.name,
    timeZone: org.timeZone,
    moneyRefusalStatus: org.moneyRefusalStatus,
    showAmounts: org.showAmounts,
    defaultMaxOutputTokens: org.defaultMaxOutputTokens,
    requestsPerMinute: limits?.requestsPerMinute ?? null,
    requestsPerHour: limits?.requestsPerHour ?? null,
    tokensPerMinute: limits?.tokensPerMinute ?? null,
  }
}
