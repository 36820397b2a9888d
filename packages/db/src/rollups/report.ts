import type { OrgId } from '@tollkeeper/domain/id'
import { snapshot } from '../atomic.ts'
import type { Db } from '../client.ts'
import { Prisma } from '../generated/client.ts'
import type { Range } from './days.ts'
import { columnOf, groupNames, usageWhere, type Grouping, type UsageFilter } from './groups.ts'
import { add, measureColumns, measuresOf, noTraffic, type MeasureRow, type Measures } from './measures.ts'
import { slotsOf, type Granularity, type Slot } from './slots.ts'
import { total, type ComparedGroup } from './usage.ts'

export type ReportQuestion = {
  range: Range
  /** Compared with; null for no comparison. */
  previous: Range | null
  zone: string
  granularity: Granularity
  grouping: Grouping
  filter?: UsageFilter
  /** Series of the chart, dearest first; the rest is one more. */
  lines: number
  /** Rows of the table; the rest is one more. */
  rows: number
}

/** A line of the chart: one value per slot. `id` is null for everything beyond the first lines together. */
export type ReportLine = { id: string | null; name: string | null; points: Measures[] }

export type Report = {
  slots: Slot[]
  lines: ReportLine[]
  /** Dearest first; those that only had traffic in the range compared with come last. */
  groups: ComparedGroup[]
  /** Everything beyond `groups` together; null when nothing is. */
  rest: { measures: Measures; previous: Measures } | null
  total: Measures
  previousTotal: Measures
}

/**
 * Usage of a range by time and by group, from one state of the database: lines, groups with the rest, and total agree to
 * the nano whatever is being recorded meanwhile. However many groups there are, at most `rows` of them leave the database.
 */
export const report = (db: Db, orgId: OrgId, of: ReportQuestion): Promise<Report> =>
  snapshot(db, (tx) => read(tx, orgId, of))

async function read(tx: Db, orgId: OrgId, of: ReportQuestion): Promise<Report> {
  const slots = slotsOf(of.zone, of.range, of.granularity)
  const sums = await total(tx, orgId, of.range, of.filter)
  const previousTotal = of.previous ? await total(tx, orgId, of.previous, of.filter) : noTraffic
  const groups = await comparedGroups(tx, orgId, of)
  const drawn = groups.slice(0, of.lines).filter((group) => group.measures !== noTraffic)
  const listed = {
    measures: sumOf(groups.map((each) => each.measures)),
    previous: sumOf(groups.map((each) => each.previous)),
  }
  const rest = { measures: minus(sums, listed.measures), previous: minus(previousTotal, listed.previous) }
  return {
    slots,
    lines: await linesOf(tx, orgId, of, slots, drawn),
    groups,
    rest: hasTraffic(rest.measures) || hasTraffic(rest.previous) ? rest : null,
    total: sums,
    previousTotal,
  }
}

async function comparedGroups(tx: Db, orgId: OrgId, of: ReportQuestion): Promise<ComparedGroup[]> {
  const now = await dearest(tx, orgId, of, of.range, of.rows)
  const ids = now.map((row) => row.id)
  const { previous } = of
  const known = previous && ids.length > 0 ? await dearest(tx, orgId, of, previous, of.rows, among(of, ids)) : []
  const room = of.rows - ids.length
  const gone = previous && room > 0 ? await dearest(tx, orgId, of, previous, room, notAmong(of, ids)) : []
  const names = await groupNames(tx, orgId, of.grouping, [...ids, ...gone.map((row) => row.id)])
  const earlier = new Map(known.map((row) => [row.id, measuresOf(row)]))
  return [
    ...now.map((row) => ({ id: row.id, measures: measuresOf(row), previous: earlier.get(row.id) ?? noTraffic })),
    ...gone.map((row) => ({ id: row.id, measures: noTraffic, previous: measuresOf(row) })),
  ].map((group) => ({ ...group, name: names.get(group.id) ?? null }))
}

type GroupRow = MeasureRow & { id: string }

const among = (of: ReportQuestion, ids: readonly string[]) =>
  Prisma.sql`AND ${columnOf(of.grouping)} = ANY(${[...ids]})`
const notAmong = (of: ReportQuestion, ids: readonly string[]) =>
  Prisma.sql`AND NOT (${columnOf(of.grouping)} = ANY(${[...ids]}))`

const dearest = (
  tx: Db,
  orgId: OrgId,
  of: Pick<ReportQuestion, 'grouping' | 'filter'>,
  range: Range,
  /** Null: all of them. */
  limit: number | null,
  also = Prisma.empty,
): Promise<GroupRow[]> => tx.$queryRaw<GroupRow[]>`
  SELECT ${columnOf(of.grouping)} AS id, ${measureColumns} FROM usage_hour
  WHERE ${usageWhere(orgId, range, of.filter ?? {})} ${also}
  GROUP BY 1 ORDER BY sum(cost_nano) DESC, sum(requests) DESC, 1 LIMIT ${limit}::bigint`

async function linesOf(
  tx: Db,
  orgId: OrgId,
  of: ReportQuestion,
  slots: readonly Slot[],
  drawn: readonly { id: string; name: string | null }[],
): Promise<ReportLine[]> {
  const starts = slots.map((slot) => new Date(slot.startMs).toISOString())
  const column = columnOf(of.grouping)
  const ids = drawn.map((group) => group.id)
  const rows = await tx.$queryRaw<(MeasureRow & { id: string | null; slot: number })[]>`
    SELECT width_bucket(hour, ${starts}::timestamptz[]) AS slot,
      CASE WHEN ${column} = ANY(${ids}) THEN ${column} END AS id, ${measureColumns}
    FROM usage_hour WHERE ${usageWhere(orgId, of.range, of.filter ?? {})} GROUP BY 1, 2`
  const points = new Map<string | null, Measures[]>()
  for (const row of rows) {
    const line = points.get(row.id) ?? slots.map(() => noTraffic)
    line[row.slot - 1] = measuresOf(row)
    points.set(row.id, line)
  }
  return [...drawn, { id: null, name: null }].flatMap(({ id, name }) => {
    const line = points.get(id)
    return line ? [{ id, name, points: line }] : []
  })
}

const sumOf = (all: readonly Measures[]): Measures => all.reduce(add, noTraffic)

const minus = (a: Measures, b: Measures): Measures => ({
  costNano: a.costNano - b.costNano,
  requests: a.requests - b.requests,
  refused: a.refused - b.refused,
  failed: a.failed - b.failed,
  shared: a.shared - b.shared,
  savedNano: a.savedNano - b.savedNano,
  attempts: a.attempts - b.attempts,
  inputTokens: a.inputTokens - b.inputTokens,
  cachedTokens: a.cachedTokens - b.cachedTokens,
  outputTokens: a.outputTokens - b.outputTokens,
})

/** A row of an export: what one group came to in one slot. */
export type ReportRow = { slot: Slot; id: string; name: string | null; measures: Measures }

/** Every slot and group with traffic, by time and then dearest first, read slot by slot: the rows behind a report. */
export async function* reportRows(
  db: Db,
  orgId: OrgId,
  of: Pick<ReportQuestion, 'range' | 'zone' | 'granularity' | 'grouping' | 'filter'>,
): AsyncGenerator<ReportRow> {
  for (const slot of slotsOf(of.zone, of.range, of.granularity)) {
    const rows = await dearest(db, orgId, of, { from: slot.startMs, to: slot.endMs }, null)
    const names = await groupNames(
      db,
      orgId,
      of.grouping,
      rows.map((row) => row.id),
    )
    for (const row of rows) yield { slot, id: row.id, name: names.get(row.id) ?? null, measures: measuresOf(row) }
  }
}

const hasTraffic = (measures: Measures): boolean =>
  measures.costNano !== 0n || measures.requests !== 0 || measures.attempts !== 0
