import * as budgets from '@tollkeeper/db/budgets'
import { expiring } from '@tollkeeper/db/keys'
import { unpricedInUse } from '@tollkeeper/db/policies'
import { report } from '@tollkeeper/db/rollups'
import { scopesInSight } from '@tollkeeper/db/sight'
import { latest } from '@tollkeeper/db/verification'
import { windowOf, type Instant } from '@tollkeeper/domain/time'
import { standingsOf, type Counter, type Standing } from '#server/balances.ts'
import { reachOf } from '#server/roles.ts'
import { filterOfSight } from '#server/sight.ts'
import type { OrgContext, Sight } from '#server/trpc.ts'
import { waitingFor } from '../budgets/raises/list.ts'
import { monthSoFar } from '../usage/range.ts'

type Viewer = OrgContext & { sight: Sight }

const dayMs = 86_400_000
const expiresWithinMs = 7 * dayMs
/** So that a weekend is covered. */
const unpricedWithinMs = 3 * dayMs
const watchedKeys = 500
const watchedPeople = 100
const mostCounters = 2_000
const shownBudgets = 6
const shownKeys = 6

/** What somebody should look at, within what they may see. */
export async function attentionOf(ctx: Viewer, now: Instant) {
  const { db, org, sight, member } = ctx
  const everything = sight.kind === 'all'
  const soon = { from: new Date(now), to: new Date(now + expiresWithinMs), limit: shownKeys }
  const mayKeys = reachOf(member.access, 'key.read') !== null
  return {
    ...(await tightBudgets(ctx, now)),
    keys: mayKeys ? await expiring(db, org.id, { ...soon, ...filterOfSight(sight) }) : [],
    unpriced: everything ? await unpricedInUse(db, org.id, { from: now - unpricedWithinMs, to: now }) : [],
    raises: await waitingFor(ctx, new Date(now)),
    drift: everything ? ((await latest(db, org.id))?.drift.length ?? 0) : 0,
  }
}

/** Budgets of which four fifths are spent or held, tightest first. */
async function tightBudgets(ctx: Viewer, now: Instant) {
  const { standings, live } = await standingsOf(ctx, await watchedCounters(ctx, now), now)
  const tight = standings
    .filter(({ budget, used, held }) => (used + held) * 5n >= budget.limit * 4n && used + held > 0n)
    .toSorted((a, b) => (tighter(a, b) ? -1 : 1))
  const names = await peopleOf(ctx, tight.slice(0, shownBudgets))
  return {
    live,
    moreBudgets: Math.max(0, tight.length - shownBudgets),
    budgets: tight.slice(0, shownBudgets).map(({ budget, subject, used, held, window }) => ({
      id: `${budget.id}~${subject ?? ''}`,
      scope: budget.scope,
      person: subject === null ? null : (names.get(subject) ?? null),
      period: budget.period,
      mode: budget.mode,
      limit: budget.limit,
      used,
      held,
      endMs: window.endMs,
    })),
  }
}

/** By the share that is gone, compared without dividing. */
const tighter = (a: Standing, b: Standing): boolean =>
  (a.used + a.held) * b.budget.limit > (b.used + b.held) * a.budget.limit

/** Shared budgets once; those for each person for whoever spent most this month. */
async function watchedCounters(ctx: Viewer, now: Instant): Promise<Counter[]> {
  const { db, org, sight } = ctx
  const since = new Date(windowOf('month', org.timeZone, now).startMs)
  const all = await budgets.watched(db, org.id, { since, mostKeys: watchedKeys })
  const narrow = filterOfSight(sight).sight
  const sees = narrow ? await scopesInSight(db, org.id, narrow) : () => true
  const pools = all.filter((budget) => budget.sharing === 'pool' && sees(budget.scope))
  const each = all.filter((budget) => budget.sharing === 'each')
  const people = each.length > 0 ? await spenders(ctx, now) : []
  const counters = [
    ...pools.map((budget) => ({ budget, subject: null })),
    ...each.flatMap((budget) => people.map((subject) => ({ budget, subject }))),
  ]
  return counters.slice(0, mostCounters)
}

async function spenders(ctx: Viewer, now: Instant): Promise<string[]> {
  const { from, to } = monthSoFar(ctx.org.timeZone, now)
  const { groups } = await report(ctx.db, ctx.org.id, {
    range: { from, to },
    previous: null,
    zone: ctx.org.timeZone,
    granularity: 'month',
    grouping: 'member',
    filter: filterOfSight(ctx.sight),
    lines: 0,
    rows: watchedPeople,
  })
  return groups.flatMap((group) => (group.id === '' ? [] : [group.id]))
}

async function peopleOf({ db, org }: Viewer, standings: readonly Standing[]): Promise<ReadonlyMap<string, string>> {
  const ids = standings.flatMap((each) => each.subject ?? [])
  const rows = await db.member.findMany({ where: { orgId: org.id, id: { in: ids } }, select: { id: true, name: true } })
  return new Map(rows.map((row) => [row.id, row.name]))
}
