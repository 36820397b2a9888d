import { groupNames, groupNotes, lastTraffic, report, reportRows, type Grouping } from '@tollkeeper/db/rollups'
import { zonedText } from '@tollkeeper/domain/time'
import { orgProcedure, router, type OrgContext, type Sight } from '#server/trpc.ts'
import { usageInput, type UsageInput } from './inputs.ts'
import { groupName } from './labels.ts'
import { filtersOf, questionOf } from './question.ts'

type Viewer = OrgContext & { sight: Sight }

export const usageProcedures = router({
  /** Chart, table and total of a range, from one state of the database, within what the viewer may see. */
  report: orgProcedure('usage.read')
    .input(usageInput)
    .query(({ ctx, input }) => usageReport(ctx, input)),

  /** The rows behind it, one per slot and group with traffic, one after the other. For the download alone. */
  exportRows: orgProcedure('export')
    .input(usageInput)
    .query(async function* ({ ctx, input }) {
      const question = questionOf({ zone: ctx.org.timeZone, sight: ctx.sight }, input, Date.now())
      for await (const row of reportRows(ctx.db, ctx.org.id, question)) {
        yield {
          from: zonedText(ctx.org.timeZone, row.slot.startMs),
          to: zonedText(ctx.org.timeZone, row.slot.endMs),
          id: row.id,
          name: groupName(input.by, row),
          measures: row.measures,
        }
      }
    }),
})

async function usageReport(ctx: Viewer, input: UsageInput) {
  const now = Date.now()
  const question = questionOf({ zone: ctx.org.timeZone, sight: ctx.sight }, input, now)
  const found = await report(ctx.db, ctx.org.id, question)
  const ids = found.groups.map((group) => group.id)
  const notes = await groupNotes(ctx.db, ctx.org.id, input.by, ids)
  const isEmpty = found.groups.length === 0
  return {
    ...found,
    groups: found.groups.map((group) => ({ ...group, note: notes.get(group.id) ?? null })),
    by: input.by,
    now,
    range: question.range,
    previous: question.previous,
    granularity: question.granularity,
    filters: await namedFilters(ctx, input, isEmpty),
    lastTrafficMs: isEmpty
      ? ((await lastTraffic(ctx.db, ctx.org.id, question.range.from, question.filter)) ?? null)
      : null,
  }
}

/** Names of what is filtered by; those whose sight is narrow learn the name only of what they see traffic of. */
async function namedFilters(ctx: Viewer, input: UsageInput, isEmpty: boolean) {
  const filters: { by: Grouping; id: string; name: string | null }[] = []
  for (const { by, id } of filtersOf(input)) {
    const hidden = isEmpty && ctx.sight.kind !== 'all' && by !== 'model'
    const names = hidden ? undefined : await groupNames(ctx.db, ctx.org.id, by, [id])
    filters.push({ by, id, name: names?.get(id) ?? null })
  }
  return filters
}
