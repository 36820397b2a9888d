import { choices, list } from '@tollkeeper/db/audit'
import { targetNames } from '@tollkeeper/db/audit-targets'
import { orgProcedure, router } from '#server/trpc.ts'
import { logInput } from './inputs.ts'

const pageSize = 50

export const auditProcedures = router({
  /** A page of the log, newest first, and where the next one begins. */
  list: orgProcedure('audit.read')
    .input(logInput)
    .query(async ({ ctx, input }) => {
      const { actor, action, after } = input
      const { entries, next } = await list(ctx.db, ctx.org.id, {
        ...(actor === null ? {} : { actorId: actor }),
        ...(action === null ? {} : { action }),
        ...(after === null ? {} : { after }),
        limit: pageSize,
      })
      const names = await targetNames(
        ctx.db,
        ctx.org.id,
        entries.map((entry) => entry.target),
      )
      return { entries: entries.map((entry) => ({ ...entry, targetName: names.get(entry.target) ?? null })), next }
    }),

  /** Whom and what the log can be narrowed to. */
  choices: orgProcedure('audit.read').query(({ ctx }) => choices(ctx.db, ctx.org.id)),
})
