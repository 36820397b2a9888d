'use client'

import type { Granularity, Measures, Slot } from '@tollkeeper/db/rollups'
import { useMemo, type ReactNode } from 'react'
import { ChartFrame } from '#ui/chart-frame.tsx'
import { countText, shortCountText } from '#ui/count-text.ts'
import { axisMoneyText, dollarsForDrawing, moneyText } from '#ui/money-text.ts'
import { Money } from '#ui/money.tsx'
import { Segments } from '#ui/segments.tsx'
import { otherSeries, seriesColours } from '#ui/series-colours.ts'
import { StackedBars, type BarDatum, type Series } from '#ui/stacked-bars.tsx'
import { Table, type Column } from '#ui/table.tsx'
import type { Grouping, Metric } from './inputs.ts'
import { groupName } from './labels.ts'
import { slotText } from './slot-text.ts'

/** What a chart needs of a report. */
export type ChartData = {
  slots: readonly Slot[]
  lines: readonly { id: string | null; name: string | null; points: readonly Measures[] }[]
  granularity: Granularity
  now: number
}

const metricSegments = [
  { value: 'cost', label: '$' },
  { value: 'requests', label: 'Requests' },
  { value: 'tokens', label: 'Tokens' },
] as const

const amountOf: Record<Metric, (measures: Measures) => bigint> = {
  cost: (measures) => measures.costNano,
  requests: (measures) => BigInt(measures.requests),
  tokens: (measures) => BigInt(measures.inputTokens + measures.outputTokens),
}

/** The id under which a group is drawn; traffic of nobody in particular has none of its own. */
export const drawnId = (id: string | null): string => (id === null ? otherSeries : id === '' ? 'unassigned' : id)

export type UsageChartProps = {
  title: string
  by: Grouping
  zone: string
  metric: Metric
  onMetric: (metric: Metric) => void
  data: ChartData | undefined
  stale: boolean
  description?: ReactNode
  empty?: ReactNode
  /** A bar was chosen: the slot it stands for. */
  onSlot?: (slot: Slot) => void
  height?: number
}

/** Usage over time, stacked by group, in dollars, requests or tokens; the same numbers as a table at a click. */
export function UsageChart({ title, by, zone, metric, onMetric, data, stale, onSlot, ...frame }: UsageChartProps) {
  const chart = useMemo(() => data && chartOf(data, { by, zone, metric }), [data, by, zone, metric])
  return (
    <ChartFrame
      title={title}
      zone={zone}
      loading={data === undefined}
      stale={stale}
      actions={<Segments label="Measure" segments={metricSegments} value={metric} onChange={onMetric} />}
      table={chart ? <ChartTable title={title} chart={chart} metric={metric} /> : null}
      {...frame}
    >
      {chart && data ? (
        <StackedBars
          label={title}
          series={chart.series}
          data={chart.bars}
          axisText={metric === 'cost' ? axisMoneyText : shortCountText}
          {...(frame.height === undefined ? {} : { height: frame.height })}
          {...(onSlot
            ? {
                onBar: (bar: BarDatum) => {
                  const slot = data.slots.find((each) => String(each.startMs) === bar.key)
                  if (slot) onSlot(slot)
                },
              }
            : {})}
        />
      ) : null}
    </ChartFrame>
  )
}

type Row = { key: string; title: string; amounts: ReadonlyMap<string, bigint>; total: bigint }
type Chart = { series: Series[]; bars: BarDatum[]; rows: Row[]; total: Row }

function chartOf(data: ChartData, of: { by: Grouping; zone: string; metric: Metric }): Chart {
  const amount = amountOf[of.metric]
  const text = (value: bigint) => (of.metric === 'cost' ? moneyText(value) : countText(Number(value)))
  const drawable = (value: bigint) => (of.metric === 'cost' ? dollarsForDrawing(value) : Number(value))
  const lines = data.lines.map((line) => ({ ...line, id: drawnId(line.id), name: groupName(of.by, line) }))
  const colours = seriesColours(lines.map((line) => line.id))
  const rows = data.slots.map((slot, index): Row => {
    const amounts = new Map(lines.map((line) => [line.id, line.points[index] ? amount(line.points[index]) : 0n]))
    const { title } = slotText(slot, { ...data, zone: of.zone })
    return { key: String(slot.startMs), title, amounts, total: sum(amounts.values()) }
  })
  const totals = new Map(
    lines.map((line) => [line.id, sum(rows.values().map((row) => row.amounts.get(line.id) ?? 0n))]),
  )
  const bars = data.slots.map((slot, index): BarDatum => {
    const { amounts = new Map<string, bigint>(), total = 0n } = rows[index] ?? {}
    const { label, title } = slotText(slot, { ...data, zone: of.zone })
    return {
      key: String(slot.startMs),
      label,
      title,
      values: Object.fromEntries([...amounts].map(([id, value]) => [id, drawable(value)])),
      texts: { ...Object.fromEntries([...amounts].map(([id, value]) => [id, text(value)])), total: text(total) },
    }
  })
  return {
    series: lines.map((line) => ({
      id: line.id,
      name: line.name,
      colour: colours.get(line.id) ?? 'var(--chart-other)',
    })),
    bars,
    rows,
    total: { key: 'total', title: 'Total', amounts: totals, total: sum(totals.values()) },
  }
}

const sum = (amounts: Iterable<bigint>): bigint => [...amounts].reduce((so, amount) => so + amount, 0n)

function ChartTable({ title, chart, metric }: { title: string; chart: Chart; metric: Metric }) {
  const cell = (amount: bigint) => (metric === 'cost' ? <Money amount={amount} /> : countText(Number(amount)))
  const columns: Column<Row>[] = [
    { key: 'time', header: 'Time', lead: true, className: 'whitespace-nowrap', cell: (row) => row.title },
    ...chart.series.map((series): Column<Row> => ({
      key: series.id,
      header: series.name,
      align: 'end',
      cell: (row) => cell(row.amounts.get(series.id) ?? 0n),
    })),
    { key: 'total', header: 'Total', align: 'end', className: 'font-medium', cell: (row) => cell(row.total) },
  ]
  return <Table caption={title} columns={columns} rows={chart.rows} rowKey={(row) => row.key} total={chart.total} />
}
