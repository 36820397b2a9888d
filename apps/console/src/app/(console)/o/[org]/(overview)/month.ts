import * as budgets from '@tollkeeper/db/budgets'
import { daysOf, firstTraffic, noTraffic, total } from '@tollkeeper/db/rollups'
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
  const begun = await firstFullDay(ctx, from)
  const [soFar, before, beforeToday, full] = await Promise.all([
    total(db, org.id, { from, to }, filter),
    total(db, org.id, previous, filter),
    total(db, org.id, { from, to: today }, filter),
    begun < today ? total(db, org.id, { from: begun, to: today }, filter) : noTraffic,
  ])
  const fullDays = begun < today ? daysOf(zone, { from: begun, to: today }).length : 0
  const spent = { fullDays: full.costNano, beforeToday: beforeToday.costNano, soFar: soFar.costNano }
  const daysLeft = daysOf(zone, { from: today, to: windowOf('month', zone, now).endMs }).length
  return {
    soFar,
    before,
    previous,
    fullDays,
    forecastNano: forecastOf({ spent, fullDays, daysLeft }),
    budget: await monthlyBudget(ctx),
  }
}

/** The first day of the month, or the day after the one on which traffic began. */
async function firstFullDay({ db, org, sight }: OrgContext & { sight: Sight }, monthStart: Instant): Promise<Instant> {
  const first = await firstTraffic(db, org.id, filterOfSight(sight))
  if (first === undefined) return Infinity
  return first < monthStart ? monthStart : windowOf('day', org.timeZone, first).endMs
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
