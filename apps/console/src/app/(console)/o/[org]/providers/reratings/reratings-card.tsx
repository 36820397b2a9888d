'use client'

import { useQuery } from '@tanstack/react-query'
import type { inferRouterOutputs } from '@trpc/server'
import type { AppRouter } from '#server/router.ts'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { Status } from '#ui/badge.tsx'
import { Card } from '#ui/card.tsx'
import { Money } from '#ui/money.tsx'
import { RelativeTime } from '#ui/relative-time.tsx'
import { Table, type Column } from '#ui/table.tsx'
import { dateText } from '#ui/time-text.ts'

type Rerating = inferRouterOutputs<AppRouter>['reratings']['list'][number]

/** While a price is being applied its progress is asked for this often; at rest seldom, for what others begin. */
const soonMs = 1_000
const laterMs = 30_000

/** Prices that were applied to past usage, with their progress. Nothing where none was. */
export function ReratingsCard() {
  const { slug, timeZone } = useOrg()
  const list = useQuery({
    ...useApi().reratings.list.queryOptions({ org: slug }),
    refetchInterval: ({ state }) => (state.data?.some((one) => one.finishedAt === null) ? soonMs : laterMs),
  })
  if (!list.data || list.data.length === 0) return null
  const columns: Column<Rerating>[] = [
    {
      key: 'model',
      header: 'Model',
      lead: true,
      cell: ({ model }) => <span className="font-mono text-xs break-all">{model}</span>,
    },
    { key: 'since', header: 'Since', cell: ({ since }) => dateText(since.getTime(), timeZone) },
    {
      key: 'by',
      header: 'Applied',
      cell: ({ actor, startedAt, reason }) => (
        <span>
          {actor.name} <RelativeTime at={startedAt} zone={timeZone} />
          <span className="block text-sm text-muted">{reason}</span>
        </span>
      ),
    },
    {
      key: 'attempts',
      header: 'Attempts',
      align: 'end',
      cell: ({ adjusted, attempts }) => `${adjusted.toLocaleString('en-US')} of ${attempts.toLocaleString('en-US')}`,
    },
    {
      key: 'difference',
      header: 'Difference',
      align: 'end',
      cell: ({ differenceNano }) => <Money amount={differenceNano} />,
    },
    {
      key: 'state',
      header: 'State',
      cell: ({ finishedAt }) =>
        finishedAt === null ? <Status tone="warn">Being applied</Status> : <Status tone="ok">Applied</Status>,
    },
  ]
  return (
    <Card title="Prices applied to past usage" flush>
      <Table caption="Prices applied to past usage" columns={columns} rows={list.data} rowKey={({ id }) => id} />
    </Card>
  )
}
