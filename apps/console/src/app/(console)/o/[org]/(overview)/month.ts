import * as budgets from '@tollkeeper/db/budgets'
import { daysOf, total } from '@tollkeeper/db/rollups'
import { windowOf, type Instant } from '@tollkeeper/domain/time'
import { filterOfSight } from '#server/sight.ts'
import type { OrgContext, Sight } from '#server/trpc.ts'
import { monthSoFar } from '../usage/range.ts'
import { forecastOf } from './forecast.ts'

/** This month within what the viewer may see, beside the same days of the last one, and where it is heading. */
export async function monthOf(ctx: OrgContext & { sight: Sight }, now: Instant) {
  const { db, org, sight } = ctx
  const zone = org.timeZone
  const filter = filterOfSight(sight)
  const { from, to, previous } = monthSoFar(zone, now)
  const today = windowOf('day', zone, now).startMs
  const [soFar, before, full] = await Promise.all([
    total(db, org.id, { from, to }, filter),
    total(db, org.id, previous, filter),
    total(db, org.id, { from, to: today }, filter),
  ])
  const fullDays = daysOf(zone, { from, to: today }).length
  const days = daysOf(zone, { from, to: windowOf('month', zone, now).endMs }).length
  return {
    soFar,
    before,
    previous,
    fullDays,
    days,
    forecastNano: forecastOf({
      spent: { fullDays: full.costNano, soFar: soFar.costNano },
      fullDays,
      days,
    }),
    budgetNano: sight.kind === 'all' ? await monthlyBudget(ctx) : null,
  }
}

/** What the whole organisation may spend in a month, where that is limited. */
async function monthlyBudget({ db, org }: OrgContext) {
  const own = await budgets.byScope(db, org.id, { kind: 'organisation', id: org.id })
  return own.find((budget) => budget.period === 'month' && budget.sharing === 'pool')?.limit ?? null
}
