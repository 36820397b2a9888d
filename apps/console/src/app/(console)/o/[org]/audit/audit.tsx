'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { inferRouterOutputs } from '@trpc/server'
import { ScrollText } from 'lucide-react'
import { useQueryStates } from 'nuqs'
import { useState } from 'react'
import type { AppRouter } from '#server/router.ts'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Pager } from '#ui/pager.tsx'
import { RelativeTime } from '#ui/relative-time.tsx'
import { Table, type Column } from '#ui/table.tsx'
import { AuditFilters } from './audit-filters.tsx'
import { ChangeList } from './change-list.tsx'
import { auditSearch, logQuestion, type AuditSearch } from './search.ts'

type Found = inferRouterOutputs<AppRouter>['audit']['list']
type Entry = Found['entries'][number]

/** Who changed what, newest first. */
export function Audit() {
  const { slug, timeZone } = useOrg()
  const [search, setSearch] = useQueryStates(auditSearch)
  const [cursors, setCursors] = useState<NonNullable<Found['next']>[]>([])
  const log = useQuery({
    ...useApi().audit.list.queryOptions(logQuestion(slug, search, cursors.at(-1) ?? null)),
    placeholderData: keepPreviousData,
  })
  const narrow = (change: Partial<AuditSearch>) => {
    setCursors([])
    void setSearch(change)
  }
  const next = log.data?.next
  const columns: Column<Entry>[] = [
    { key: 'time', header: 'Time', width: '9rem', cell: (entry) => <RelativeTime at={entry.at} zone={timeZone} /> },
    { key: 'actor', header: 'Who', lead: true, width: '11rem', cell: (entry) => entry.actorName },
    {
      key: 'action',
      header: 'What',
      width: '11rem',
      cell: (entry) => <code className="font-mono text-sm whitespace-nowrap">{entry.action}</code>,
    },
    { key: 'target', header: 'Target', width: '14rem', cell: (entry) => <Target entry={entry} /> },
    { key: 'changes', header: 'Changes', cell: (entry) => <ChangeList before={entry.before} after={entry.after} /> },
  ]
  return (
    <>
      <PageHeader
        title="Audit log"
        description="Who changed what, and what it was before. Nothing here can be edited."
      />
      <div className="flex flex-col gap-4">
        <AuditFilters search={search} onChange={narrow} />
        {log.isError ? (
          <InlineError {...failureOf(log.error)} onRetry={() => void log.refetch()} />
        ) : (
          <Card flush>
            <Table
              caption="Audit log"
              columns={columns}
              rows={log.data?.entries}
              rowKey={(entry) => entry.id}
              stale={log.isPlaceholderData}
              empty={
                <EmptyState
                  icon={<ScrollText aria-hidden />}
                  title={search.actor || search.action ? 'Nothing matches' : 'Nothing was changed yet'}
                  action={
                    search.actor || search.action ? (
                      <Button onClick={() => narrow({ actor: null, action: null })}>Show everything</Button>
                    ) : null
                  }
                />
              }
            />
            <Pager
              label="Pages of the audit log"
              onPrevious={cursors.length > 0 ? () => setCursors(cursors.slice(0, -1)) : undefined}
              onNext={next ? () => setCursors([...cursors, next]) : undefined}
            />
          </Card>
        )}
      </div>
    </>
  )
}

/** What it was done to: its name now, or what is left of one that is gone. */
function Target({ entry }: { entry: Entry }) {
  const [kind = '', id = ''] = entry.target.split(/:(.*)/s)
  return (
    <span className="block min-w-0">
      <span className="block truncate">
        <span className="text-muted">{kind}</span> {entry.targetName}
      </span>
      <span className="block truncate font-mono text-xs text-faint" title={id}>
        {id}
      </span>
    </span>
  )
}
