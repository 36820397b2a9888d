import * as budgets from '@tollkeeper/db/budgets'
import { report, topModels } from '@tollkeeper/db/rollups'
import { scopesInSight } from '@tollkeeper/db/sight'
import type { TeamId } from '@tollkeeper/domain/id'
import type { Instant } from '@tollkeeper/domain/time'
import { standingsOf, type Standing } from '#server/balances.ts'
import { filterOfSight } from '#server/sight.ts'
import type { OrgContext, Sight } from '#server/trpc.ts'
import type { RangeText } from '../usage/inputs.ts'
import { granularityOf } from '../usage/question.ts'
import { resolveRange } from '../usage/range.ts'

const drawnTeams = 8
const listedTeams = 100

/** Spend of a range by day and by team, with each team's change, budget and most used model. */
export async function spendOf(ctx: OrgContext & { sight: Sight }, of: { range: RangeText }, now: Instant) {
  const { db, org, sight } = ctx
  const { previous, ...range } = resolveRange(of.range, org.timeZone, now)
  const filter = filterOfSight(sight)
  const found = await report(db, org.id, {
    range,
    previous,
    zone: org.timeZone,
    granularity: granularityOf('auto', range),
    grouping: 'team',
    filter,
    lines: drawnTeams,
    rows: listedTeams,
  })
  const models = await topModels(db, org.id, range, filter)
  const ids = found.groups.flatMap((group) => (group.id === '' ? [] : [group.id as TeamId]))
  const seen = await seenTeams(ctx, ids)
  const standings = await teamBudgets(ctx, seen, now)
  return {
    ...found,
    now,
    range,
    granularity: granularityOf('auto', range),
    groups: found.groups.map((group) => ({
      ...group,
      topModel: models.get(group.id as TeamId | '') ?? null,
      /** Of a team whose limits the viewer may not see there is none to show, which is not the same as no limit. */
      hidesBudget: !seen.includes(group.id as TeamId),
      budget: shownBudget(standings.filter((each) => each.budget.scope.id === group.id)),
    })),
  }
}

async function seenTeams({ db, org, sight }: OrgContext & { sight: Sight }, ids: readonly TeamId[]): Promise<TeamId[]> {
  const { sight: narrow } = filterOfSight(sight)
  const sees = narrow ? await scopesInSight(db, org.id, narrow) : () => true
  return ids.filter((id) => sees({ kind: 'team', id }))
}

async function teamBudgets(ctx: OrgContext, ids: readonly TeamId[], now: Instant) {
  const scopes = ids.map((id) => ({ kind: 'team', id }) as const)
  const pools = (await budgets.ofScopes(ctx.db, ctx.org.id, scopes)).filter((budget) => budget.sharing === 'pool')
  const counters = pools.map((budget) => ({ budget, subject: null }))
  return (await standingsOf(ctx, counters, now)).standings
}

const order = ['month', 'week', 'day', 'hour', 'all']

/** Of several budgets the one that people think in: by month, else the next shorter. */
function shownBudget(standings: readonly Standing[]) {
  const shown = standings.toSorted((a, b) => order.indexOf(a.budget.period) - order.indexOf(b.budget.period))[0]
  if (!shown) return null
  const { budget, used, held, window } = shown
  return { limit: budget.limit, period: budget.period, used, held, endMs: window.endMs }
}
