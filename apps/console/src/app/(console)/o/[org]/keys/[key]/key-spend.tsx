'use client'

import { useQuery } from '@tanstack/react-query'
import type { KeyId } from '@tollkeeper/domain/id'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { ChartFrame } from '#ui/chart-frame.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { Money } from '#ui/money.tsx'
import { axisMoneyText, dollarsForDrawing, moneyText } from '#ui/money-text.ts'
import { otherSeries, seriesColours } from '#ui/series-colours.ts'
import { StackedBars, type BarDatum } from '#ui/stacked-bars.tsx'
import { Table } from '#ui/table.tsx'

const dayText = (date: string, style: 'short' | 'long'): string =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone: 'UTC',
    day: 'numeric',
    month: style === 'short' ? 'short' : 'long',
    ...(style === 'long' ? { weekday: 'long' } : {}),
  }).format(new Date(`${date}T00:00:00Z`))

/** Spend by day and model over the last 30 days. */
export function KeySpend({ id, name }: { id: KeyId; name: string }) {
  const { slug, timeZone } = useOrg()
  const spend = useQuery(useApi().keys.spend.queryOptions({ org: slug, id }))
  if (spend.isError) return <InlineError {...failureOf(spend.error)} onRetry={() => void spend.refetch()} />
  const { days = [], series = [], others = null, total } = spend.data ?? {}
  const lines = [
    ...series.map((each) => ({ id: each.id || 'none', name: each.name ?? 'No model', points: each.points })),
    ...(others ? [{ id: otherSeries, name: 'Other', points: others.points }] : []),
  ].filter((line) => line.points.some((point) => point.costNano !== 0n))
  const colours = seriesColours(lines.map((line) => line.id))
  const sums = days.map((_, day) => lines.reduce((sum, line) => sum + (line.points[day]?.costNano ?? 0n), 0n))
  const data = days.map(({ date }, day): BarDatum => {
    const amounts = lines.map((line) => [line.id, line.points[day]?.costNano ?? 0n] as const)
    return {
      key: date,
      label: dayText(date, 'short'),
      title: dayText(date, 'long'),
      values: Object.fromEntries(amounts.map(([line, amount]) => [line, dollarsForDrawing(amount)])),
      texts: {
        ...Object.fromEntries(amounts.map(([line, amount]) => [line, moneyText(amount)])),
        total: moneyText(sums[day] ?? 0n),
      },
    }
  })
  const rows = days.map(({ date }, day) => ({ date, amount: sums[day] ?? 0n })).filter(({ amount }) => amount !== 0n)
  return (
    <ChartFrame
      title="Spend by day"
      zone={timeZone}
      description={total ? `${moneyText(total.costNano)} in 30 days` : 'Last 30 days'}
      loading={spend.isPending}
      height={220}
      empty={
        lines.length === 0 ? (
          <EmptyState title="Nothing spent in 30 days">Its first request shows up here within seconds.</EmptyState>
        ) : null
      }
      table={
        <Table
          caption={`Spend of ${name} by day`}
          rows={rows.toReversed()}
          rowKey={(row) => row.date}
          columns={[
            { key: 'date', header: 'Day', lead: true, cell: (row) => dayText(row.date, 'long') },
            { key: 'spend', header: 'Spend', align: 'end', cell: (row) => <Money amount={row.amount} /> },
          ]}
        />
      }
    >
      <StackedBars
        label={`Spend of ${name} by day`}
        series={lines.map((line) => ({
          id: line.id,
          name: line.name,
          colour: colours.get(line.id) ?? 'var(--chart-other)',
        }))}
        data={data}
        axisText={axisMoneyText}
        height={220}
      />
    </ChartFrame>
  )
}
