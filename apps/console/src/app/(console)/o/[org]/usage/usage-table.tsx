'use client'

import type { Measures } from '@tollkeeper/db/rollups'
import type { ReactNode } from 'react'
import { Card } from '#ui/card.tsx'
import { countText, shareText } from '#ui/count-text.ts'
import { Delta } from '#ui/delta.tsx'
import { Money } from '#ui/money.tsx'
import { seriesColours } from '#ui/series-colours.ts'
import { Swatch } from '#ui/stacked-bars.tsx'
import { Table, type Column } from '#ui/table.tsx'
import type { Grouping } from './inputs.ts'
import { groupingLabels, groupName } from './labels.ts'
import { drawnId } from './usage-chart.tsx'

type Group = { id: string; name: string | null; note: string | null; measures: Measures; previous: Measures }
type Row = Omit<Group, 'id'> & { id: string | null; label: string; total?: true }

export type UsageTableProps = {
  by: Grouping
  /** Undefined while the first numbers load. */
  report:
    | {
        groups: readonly Group[]
        rest: { measures: Measures; previous: Measures } | null
        total: Measures
        previousTotal: Measures
        lines: readonly { id: string | null }[]
      }
    | undefined
  compared: boolean
  stale: boolean
  /** Narrows the page to one group. */
  onGroup: (id: string) => void
  empty: ReactNode
}

/** Groups of the range, dearest first, and a Total that is the chart's and the download's. */
export function UsageTable({ by, report, compared, stale, onGroup, empty }: UsageTableProps) {
  const title = `Usage by ${groupingLabels[by].toLowerCase()}`
  const colours = seriesColours((report?.lines ?? []).map((line) => drawnId(line.id)))
  const all = report?.total.costNano ?? 0n
  const canNarrow = (row: Row) =>
    row.id !== null && (row.id !== '' || (by !== 'model' && by !== 'provider' && by !== 'key'))
  const columns: Column<Row>[] = [
    {
      key: 'group',
      header: groupingLabels[by],
      lead: true,
      cell: (row) => (
        <span className="flex min-w-0 items-center gap-2">
          <Swatch
            colour={row.total ? 'transparent' : (colours.get(drawnId(row.id)) ?? 'transparent')}
            className="max-md:hidden"
          />
          <span className="min-w-0">
            {canNarrow(row) ? (
              <button
                type="button"
                onClick={() => onGroup(row.id ?? '')}
                className="max-w-72 truncate rounded-sm text-left underline-offset-4 hover:underline"
              >
                {row.label}
              </button>
            ) : (
              row.label
            )}
            {row.note ? <span className="block truncate text-sm font-normal text-muted">{row.note}</span> : null}
          </span>
        </span>
      ),
    },
    { key: 'requests', header: 'Requests', align: 'end', cell: (row) => countText(row.measures.requests) },
    { key: 'refused', header: 'Refused', align: 'end', cell: (row) => countText(row.measures.refused) },
    { key: 'shared', header: 'Shared', align: 'end', cell: (row) => countText(row.measures.shared) },
    { key: 'input', header: 'Tokens in', align: 'end', cell: (row) => countText(row.measures.inputTokens) },
    { key: 'cached', header: 'Cached', align: 'end', cell: (row) => countText(row.measures.cachedTokens) },
    { key: 'output', header: 'Tokens out', align: 'end', cell: (row) => countText(row.measures.outputTokens) },
    {
      key: 'cost',
      header: 'Cost',
      align: 'end',
      className: 'font-medium',
      cell: (row) => <Money amount={row.measures.costNano} />,
    },
    {
      key: 'share',
      header: 'Share',
      align: 'end',
      cell: (row) => shareText(row.measures.costNano, all) ?? <span className="text-faint">—</span>,
    },
    ...(compared
      ? [
          {
            key: 'previous',
            header: 'Before',
            align: 'end',
            cell: (row) => <Money amount={row.previous.costNano} />,
          } satisfies Column<Row>,
          {
            key: 'change',
            header: 'Change',
            align: 'end',
            cell: (row) => <Delta now={row.measures.costNano} before={row.previous.costNano} />,
          } satisfies Column<Row>,
        ]
      : []),
  ]
  const rows = report && [
    ...report.groups.map((group): Row => ({ ...group, label: groupName(by, group) })),
    ...(report.rest ? [{ ...report.rest, id: null, name: null, note: null, label: 'Other' }] : []),
  ]
  return (
    <Card title={title} flush>
      <Table
        caption={title}
        columns={columns}
        rows={rows}
        rowKey={(row) => drawnId(row.id)}
        stale={stale}
        empty={empty}
        {...(report
          ? {
              total: {
                id: null,
                name: null,
                note: null,
                label: 'Total',
                total: true,
                measures: report.total,
                previous: report.previousTotal,
              },
            }
          : {})}
      />
    </Card>
  )
}
