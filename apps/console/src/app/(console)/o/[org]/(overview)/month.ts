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
    budget: await monthlyBudget(ctx),
  }
}

/**
 * What may be spent in a month: by the organisation for those who see all of it, by themselves for those who see only
 * that. `limit` is null where that is not limited. A lead sees parts of both, which no budget is about: undefined.
 */
async function monthlyBudget({ db, org, sight }: OrgContext & { sight: Sight }) {
  if (sight.kind === 'team') return undefined
  const scope =
    sight.kind === 'all'
      ? ({ kind: 'organisation', id: org.id } as const)
      : ({ kind: 'user', id: sight.memberId } as const)
  const own = await budgets.byScope(db, org.id, scope)
  return { limit: own.find((budget) => budget.period === 'month' && budget.sharing === 'pool')?.limit ?? null }
}
