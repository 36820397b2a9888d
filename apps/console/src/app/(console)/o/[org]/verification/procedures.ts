import { latest } from '@tollkeeper/db/verification'
import { refuse } from '#server/refusal.ts'
import { orgProcedure, router } from '#server/trpc.ts'

export const verificationProcedures = router({
  /** What the last verification of ledger, counters, roll-ups and holds found; null before the first. */
  latest: orgProcedure('budget.read').query(async ({ ctx }) => {
    if (ctx.sight.kind !== 'all') throw refuse('forbidden', 'Your access does not include this.')
    const found = await latest(ctx.db, ctx.org.id)
    return found ? { at: found.at, checked: found.checked, findings: found.findings } : null
  }),
})
