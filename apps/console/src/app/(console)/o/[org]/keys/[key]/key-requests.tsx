'use client'

import { useQuery } from '@tanstack/react-query'
import type { KeyId } from '@tollkeeper/domain/id'
import type { inferRouterOutputs } from '@trpc/server'
import { ScrollText } from 'lucide-react'
import Link from 'next/link'
import { paths } from '#paths.ts'
import type { AppRouter } from '#server/router.ts'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { Money } from '#ui/money.tsx'
import { RelativeTime } from '#ui/relative-time.tsx'
import { Table, type Column } from '#ui/table.tsx'
import { RequestStatus } from '../../requests/request-state.tsx'

type Request = inferRouterOutputs<AppRouter>['keys']['recent'][number]

/** The newest requests made with the key. */
export function KeyRequests({ id }: { id: KeyId }) {
  const { slug, timeZone } = useOrg()
  const recent = useQuery(useApi().keys.recent.queryOptions({ org: slug, id }))
  const columns: Column<Request>[] = [
    {
      key: 'at',
      header: 'When',
      lead: true,
      cell: (request) => (
        <Link href={paths.request(slug, request.id)} className="hover:underline">
          <RelativeTime at={request.at} zone={timeZone} />
        </Link>
      ),
    },
    {
      key: 'status',
      header: 'Status',
      cell: (request) => <RequestStatus status={request.status} state={request.outcome} />,
    },
    {
      key: 'model',
      header: 'Model',
      cell: (request) => (
        <span className="block max-w-52 truncate font-mono text-xs">{request.modelUsed ?? request.modelAsked}</span>
      ),
    },
    {
      key: 'tokens',
      header: 'Tokens',
      align: 'end',
      cell: (request) => (request.inputTokens + request.outputTokens).toLocaleString('en-US'),
    },
    { key: 'cost', header: 'Cost', align: 'end', cell: (request) => <Money amount={request.costNano} /> },
  ]
  return (
    <Card title="Recent requests" flush>
      {recent.isError ? (
        <div className="p-5">
          <InlineError {...failureOf(recent.error)} onRetry={() => void recent.refetch()} />
        </div>
      ) : (
        <Table
          caption="Recent requests"
          columns={columns}
          rows={recent.data}
          rowKey={(request) => request.id}
          skeletonRows={4}
          empty={<EmptyState icon={<ScrollText />} title="No request yet" />}
        />
      )}
    </Card>
  )
}
