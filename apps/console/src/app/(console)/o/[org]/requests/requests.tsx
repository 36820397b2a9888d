'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { inferRouterOutputs } from '@trpc/server'
import { useQueryStates } from 'nuqs'
import { useState } from 'react'
import type { AppRouter } from '#server/router.ts'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Card } from '#ui/card.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Pager } from '#ui/pager.tsx'
import { Switch } from '#ui/switch.tsx'
import { isNarrowed, listQuestion, requestFilters, type RequestFilters as Filters } from './filters.ts'
import { RequestFilters } from './request-filters.tsx'
import { RequestsTable } from './requests-table.tsx'

type Next = NonNullable<inferRouterOutputs<AppRouter>['requests']['list']['next']>

/** How often the first page is asked for again while "Live" is on. */
const liveMs = 2_000

/** Requests as their callers saw them, newest first, with filters in the address. */
export function Requests() {
  const { slug } = useOrg()
  const api = useApi()
  const [filters, setFilters] = useQueryStates(requestFilters)
  const [cursors, setCursors] = useState<Next[]>([])
  const live = filters.live && cursors.length === 0
  const list = useQuery({
    ...api.requests.list.queryOptions(listQuestion(slug, filters, cursors.at(-1) ?? null)),
    placeholderData: keepPreviousData,
    refetchInterval: live ? liveMs : false,
  })
  const narrow = (change: Partial<Filters>) => {
    setCursors([])
    void setFilters(change)
  }
  const narrowed = isNarrowed(filters)
  const next = list.data?.next
  return (
    <>
      <PageHeader
        title="Requests"
        description="Every request as its caller saw it. What was said is not stored."
        actions={<Switch label="Live" checked={filters.live} onCheckedChange={(on) => narrow({ live: on })} />}
      />
      <div className="flex flex-col gap-4">
        <RequestFilters filters={filters} onChange={narrow} />
        {list.isError ? (
          <InlineError {...failureOf(list.error)} onRetry={() => void list.refetch()} />
        ) : (
          <Card flush>
            <RequestsTable
              requests={list.data?.requests}
              stale={list.isPlaceholderData}
              onClear={narrowed ? () => narrow({ q: '', state: null, team: null, key: null, model: '' }) : undefined}
            />
            <Pager
              label="Pages of requests"
              onPrevious={cursors.length > 0 ? () => setCursors(cursors.slice(0, -1)) : undefined}
              onNext={next ? () => setCursors([...cursors, next]) : undefined}
            />
          </Card>
        )}
      </div>
    </>
  )
}
