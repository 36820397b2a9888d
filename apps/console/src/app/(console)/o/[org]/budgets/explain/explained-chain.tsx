'use client'

import { Badge } from '#ui/badge.tsx'
import { classNames } from '#ui/class-names.ts'
import { Money } from '#ui/money.tsx'
import { Table, type Column } from '#ui/table.tsx'
import { modeNames, periodNames, scopeNames } from '../words.ts'
import type { ExplainedLevel, ExplainedLimit } from './explain.ts'

type Row = { key: string; level: ExplainedLevel; limit: ExplainedLimit | null }

/** The six levels of a chain, widest first, each with its limits; the one that decides is marked. */
export function ExplainedChain({ levels, admitted }: { levels: readonly ExplainedLevel[]; admitted: boolean }) {
  const rows = levels.flatMap((level): Row[] =>
    level.limits.length === 0
      ? [{ key: level.kind, level, limit: null }]
      : level.limits.map((limit, i) => ({ key: `${level.kind} ${i}`, level, limit })),
  )
  const amount = (name: keyof NonNullable<ExplainedLimit['amounts']>) => (row: Row) =>
    row.limit === null ? <None /> : row.limit.amounts === null ? 'Hidden' : <Money amount={row.limit.amounts[name]} />
  const columns: Column<Row>[] = [
    {
      key: 'level',
      header: 'Level',
      lead: true,
      cell: ({ level, limit }) => (
        <span className="flex min-w-0 flex-col items-start text-left">
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className={classNames(limit?.deciding ? 'font-semibold' : null)}>{scopeNames[level.kind]}</span>
            {limit?.deciding ? <Badge tone={admitted ? 'accent' : 'danger'}>Decides</Badge> : null}
            {limit?.mode === 'soft' ? <Badge>{modeNames.soft}</Badge> : null}
          </span>
          <span className="max-w-full truncate text-sm font-normal text-muted">{level.name ?? 'None'}</span>
        </span>
      ),
    },
    {
      key: 'period',
      header: 'Period',
      cell: ({ limit }) => (limit === null ? <span className="text-faint">No limit</span> : periodNames[limit.period]),
    },
    { key: 'limit', header: 'Limit', align: 'end', cell: amount('limit') },
    { key: 'spent', header: 'Spent', align: 'end', cell: amount('spent') },
    { key: 'held', header: 'Held', align: 'end', cell: amount('held') },
    { key: 'left', header: 'Left', align: 'end', cell: amount('left') },
  ]
  return (
    <div className="-mx-5 max-md:[&_td:has([data-none])]:hidden">
      <Table caption="Limits of the chain" columns={columns} rows={rows} rowKey={(row) => row.key} />
    </div>
  )
}

/** On cards a line without an amount says nothing. */
const None = () => (
  <span data-none className="text-faint">
    —
  </span>
)
