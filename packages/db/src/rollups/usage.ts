import type { OrgId } from '@tollkeeper/domain/id'
import type { Db } from '../client.ts'
import { daysOf, type Day, type Range } from './days.ts'
import { columnOf, groupNames, usageWhere, type Grouping, type UsageFilter } from './groups.ts'
import { add, measureColumns, measuresOf, noTraffic, type MeasureRow, type Measures } from './measures.ts'

/** A group of usage. `id` is '' for traffic of nobody in particular, `name` null where nothing has a name. */
export type UsageGroup = { id: string; name: string | null; measures: Measures }

/** What traffic came to in a range, as one figure. */
export async function total(db: Db, orgId: OrgId, range: Range, filter: UsageFilter = {}): Promise<Measures> {
  const [row] = await db.$queryRaw<MeasureRow[]>`
    SELECT ${measureColumns} FROM usage_hour WHERE ${usageWhere(orgId, range, filter)}`
  return row ? measuresOf(row) : noTraffic
}

/** Groups of a range, dearest first, and their total. */
export async function byGroup(
  db: Db,
  orgId: OrgId,
  of: { range: Range; grouping: Grouping; filter?: UsageFilter },
): Promise<{ groups: UsageGroup[]; total: Measures }> {
  const rows = await db.$queryRaw<(MeasureRow & { id: string })[]>`
    SELECT ${columnOf(of.grouping)} AS id, ${measureColumns} FROM usage_hour
    WHERE ${usageWhere(orgId, of.range, of.filter ?? {})} GROUP BY 1`
  const names = await groupNames(
    db,
    orgId,
    of.grouping,
    rows.map((row) => row.id),
  )
  const groups = rows.map((row) => ({ id: row.id, name: names.get(row.id) ?? null, measures: measuresOf(row) }))
  return { groups: groups.toSorted(dearestFirst), total: sum(groups) }
}

export type ComparedGroup = UsageGroup & { previous: Measures }

/** Groups of two ranges side by side; a group that is in one only has no traffic in the other. */
export async function compared(
  db: Db,
  orgId: OrgId,
  of: { range: Range; previous: Range; grouping: Grouping; filter?: UsageFilter },
): Promise<{ groups: ComparedGroup[]; total: Measures; previousTotal: Measures }> {
  const now = await byGroup(db, orgId, of)
  const before = await byGroup(db, orgId, { ...of, range: of.previous })
  const earlier = new Map(before.groups.map((group) => [group.id, group.measures]))
  const here = new Set(now.groups.map((group) => group.id))
  const gone = before.groups.filter((group) => !here.has(group.id)).map((group) => ({ ...group, measures: noTraffic }))
  return {
    groups: [...now.groups, ...gone].map((group) => ({ ...group, previous: earlier.get(group.id) ?? noTraffic })),
    total: now.total,
    previousTotal: before.total,
  }
}

export type UsageSeries = UsageGroup & {
  /** One per day of the range, in order; days without traffic are zero. */
  points: Measures[]
}

export type UsageByDay = {
  days: Day[]
  /** Dearest first. */
  series: UsageSeries[]
  /** All groups beyond `top` together; null when there are none. */
  others: Omit<UsageSeries, 'id' | 'name'> | null
  total: Measures
}

/** Usage by day of the zone and by group. Series, groups and total come from the same rows and agree to the nano. */
export async function byDay(
  db: Db,
  orgId: OrgId,
  of: { range: Range; zone: string; grouping: Grouping; filter?: UsageFilter; top?: number },
): Promise<UsageByDay> {
  const days = daysOf(of.zone, of.range)
  const starts = days.map((day) => new Date(day.startMs).toISOString())
  const rows = await db.$queryRaw<(MeasureRow & { id: string; day: number })[]>`
    SELECT width_bucket(hour, ${starts}::timestamptz[]) AS day, ${columnOf(of.grouping)} AS id, ${measureColumns}
    FROM usage_hour WHERE ${usageWhere(orgId, of.range, of.filter ?? {})} GROUP BY 1, 2`
  const points = new Map<string, Measures[]>()
  for (const row of rows) {
    const line = points.get(row.id) ?? days.map(() => noTraffic)
    line[row.day - 1] = measuresOf(row)
    points.set(row.id, line)
  }
  const names = await groupNames(db, orgId, of.grouping, [...points.keys()])
  const all = [...points]
    .map(([id, line]) => ({ id, name: names.get(id) ?? null, points: line, measures: line.reduce(add, noTraffic) }))
    .toSorted(dearestFirst)
  const [series, rest] = [all.slice(0, of.top ?? all.length), all.slice(of.top ?? all.length)]
  return { days, series, others: rest.length === 0 ? null : together(rest), total: sum(all) }
}

function together(series: readonly UsageSeries[]): Omit<UsageSeries, 'id' | 'name'> {
  const [first, ...rest] = series.map((each) => each.points)
  const points = (first ?? []).map((point, day) => rest.reduce((so, line) => add(so, line[day] ?? noTraffic), point))
  return { points, measures: sum(series) }
}

/** Rows of an export: what the chart shows, one row per day and group with traffic. */
export type UsageRow = { date: string; id: string; name: string | null; measures: Measures }

export async function exportRows(
  db: Db,
  orgId: OrgId,
  of: { range: Range; zone: string; grouping: Grouping; filter?: UsageFilter },
): Promise<UsageRow[]> {
  const { days, series } = await byDay(db, orgId, of)
  return days.flatMap(({ date }, day) =>
    series.flatMap(({ id, name, points }) => {
      const measures = points[day]
      return measures === undefined || measures === noTraffic ? [] : [{ date, id, name, measures }]
    }),
  )
}

const sum = (groups: readonly { measures: Measures }[]): Measures =>
  groups.reduce((so, group) => add(so, group.measures), noTraffic)

const dearestFirst = (a: UsageGroup, b: UsageGroup): number => {
  if (a.measures.costNano !== b.measures.costNano) return a.measures.costNano > b.measures.costNano ? -1 : 1
  return b.measures.requests - a.measures.requests || (a.id < b.id ? -1 : 1)
}
