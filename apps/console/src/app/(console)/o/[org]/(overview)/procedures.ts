import { orgProcedure, router } from '#server/trpc.ts'
import { attentionOf } from './attention.ts'
import { checklistOf } from './checklist.ts'
import { spendInput } from './inputs.ts'
import { monthOf } from './month.ts'
import { spendOf } from './spend.ts'

export const overviewProcedures = router({
  /** The cards: this month, the same days of the last one, the forecast. */
  month: orgProcedure('usage.read').query(({ ctx }) => monthOf(ctx, Date.now())),

  /** The chart and the table of teams. */
  spend: orgProcedure('usage.read')
    .input(spendInput)
    .query(({ ctx, input }) => spendOf(ctx, input, Date.now())),

  /** Budgets that run out, keys that expire, models without a price, counters that differ from the ledger. */
  attention: orgProcedure('budget.read').query(({ ctx }) => attentionOf(ctx, Date.now())),

  /** For those who can set an organisation up. */
  checklist: orgProcedure('provider.write').query(({ ctx }) => checklistOf(ctx)),
})
