'use client'

import type { inferRouterOutputs } from '@trpc/server'
import { ArrowRight, ScrollText } from 'lucide-react'
import Link from 'next/link'
import { paths } from '#paths.ts'
import type { AppRouter } from '#server/router.ts'
import { useOrg } from '#shell/org-context.tsx'
import { Badge } from '#ui/badge.tsx'
import { Button } from '#ui/button.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Money } from '#ui/money.tsx'
import { RelativeTime } from '#ui/relative-time.tsx'
import { Table, type Column } from '#ui/table.tsx'
import { durationText } from './duration-text.ts'
import { RequestStatus } from './request-state.tsx'

type Row = inferRouterOutputs<AppRouter>['requests']['list']['requests'][number]

type Props = {
  /** Undefined while they load. */
  requests: readonly Row[] | undefined
  stale: boolean
  /** Takes the filters away; absent when there are none. */
  onClear: (() => void) | undefined
}

const count = (value: number) => value.toLocaleString('en-US')

/** The model a request asked for and, where that is another, the one that answered. */
function Models({ row }: { row: Row }) {
  const other = row.modelUsed !== null && row.modelUsed !== row.modelAsked
  return (
    <span className="flex max-w-52 items-center gap-1 font-mono text-xs max-md:justify-end">
      <span className="truncate">{row.modelAsked || '—'}</span>
      {other ? (
        <>
          <ArrowRight aria-label="answered by" className="size-3 shrink-0 text-faint" />
          <span className="truncate">{row.modelUsed}</span>
        </>
      ) : null}
    </span>
  )
}

export function RequestsTable({ requests, stale, onClear }: Props) {
  const { slug, timeZone } = useOrg()
  const columns: Column<Row>[] = [
    {
      key: 'at',
      header: 'When',
      lead: true,
      cell: (row) => (
        <Link
          href={paths.request(slug, row.id)}
          aria-label={`Request ${row.id}`}
          className="inline-flex items-center gap-2 hover:underline"
        >
          <RelativeTime at={row.at} zone={timeZone} />
          {row.count > 1 ? <Badge>{`×${count(row.count)}`}</Badge> : null}
        </Link>
      ),
    },
    { key: 'status', header: 'Status', cell: (row) => <RequestStatus status={row.status} state={row.outcome} /> },
    { key: 'model', header: 'Model', cell: (row) => <Models row={row} /> },
    {
      key: 'who',
      header: 'Key',
      cell: (row) => (
        <span className="flex min-w-0 flex-col max-md:items-end">
          <span className="max-w-44 truncate">{row.key.name ?? row.key.id}</span>
          <span className="max-w-44 truncate text-sm text-faint">
            {[row.member?.name, row.team?.name].filter(Boolean).join(' · ')}
          </span>
        </span>
      ),
    },
    {
      key: 'tokens',
      header: 'Tokens in / out',
      align: 'end',
      cell: (row) =>
        row.inputTokens + row.outputTokens === 0 ? (
          <span className="text-faint">—</span>
        ) : (
          <span className="flex flex-col items-end whitespace-nowrap">
            <span>
              {count(row.inputTokens)} / {count(row.outputTokens)}
            </span>
            {row.cachedTokens > 0 ? <span className="text-sm text-faint">{count(row.cachedTokens)} cached</span> : null}
          </span>
        ),
    },
    {
      key: 'time',
      header: 'First byte / all',
      align: 'end',
      cell: (row) => (
        <span className="whitespace-nowrap tabular-nums">
          {row.firstByteMs === null ? '—' : durationText(row.firstByteMs)} / {durationText(row.totalMs)}
        </span>
      ),
    },
    {
      key: 'cost',
      header: 'Cost',
      align: 'end',
      cell: (row) => <Money amount={row.attempts === 0 ? null : row.costNano} />,
    },
  ]
  return (
    <Table
      caption="Requests"
      columns={columns}
      rows={requests}
      rowKey={(row) => row.id}
      stale={stale}
      empty={
        onClear ? (
          <EmptyState
            icon={<ScrollText />}
            title="No request matches"
            action={<Button onClick={onClear}>Clear filters</Button>}
          />
        ) : (
          <EmptyState
            icon={<ScrollText />}
            title="No requests yet"
            action={
              <Button asChild variant="primary">
                <Link href={paths.connect(slug)}>Send test request</Link>
              </Button>
            }
          >
            They appear here within seconds of the first call with one of your keys.
          </EmptyState>
        )
      }
    />
  )
}
