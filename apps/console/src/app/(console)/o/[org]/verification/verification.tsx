'use client'

import { useQuery } from '@tanstack/react-query'
import type { inferRouterOutputs } from '@trpc/server'
import { Scale } from 'lucide-react'
import type { AppRouter } from '#server/router.ts'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { RelativeTime } from '#ui/relative-time.tsx'
import { Table, type Column } from '#ui/table.tsx'

type Finding = NonNullable<inferRouterOutputs<AppRouter>['verification']['latest']>['findings'][number]

const columns: readonly Column<Finding>[] = [
  { key: 'where', header: 'Where', lead: true, cell: (finding) => finding.where },
  { key: 'check', header: 'Check', width: '7rem', cell: (finding) => finding.check },
  { key: 'expected', header: 'Should be', cell: (finding) => finding.expected },
  { key: 'found', header: 'Is', cell: (finding) => finding.found },
]

/** What the last verification found to differ, by scope and window or row. */
export function Verification() {
  const { slug, timeZone } = useOrg()
  const latest = useQuery(useApi().verification.latest.queryOptions({ org: slug }))
  return (
    <>
      <PageHeader
        title="Verification"
        description="Ledger, counters, hourly sums, holds and prices are compared every hour. Nothing is ever overwritten."
      />
      {latest.isError ? (
        <InlineError {...failureOf(latest.error)} onRetry={() => void latest.refetch()} />
      ) : (
        <Card flush>
          <Table
            caption="What differs"
            columns={columns}
            rows={latest.data === null ? [] : latest.data?.findings}
            rowKey={(finding) => `${finding.check} ${finding.where}`}
            empty={
              <EmptyState
                icon={<Scale aria-hidden />}
                title={latest.data === null ? 'Not verified yet' : 'Everything agrees'}
              >
                {latest.data ? (
                  <>
                    {latest.data.checked} counters, compared <RelativeTime at={latest.data.at} zone={timeZone} />.
                  </>
                ) : (
                  'The worker verifies within an hour of its start.'
                )}
              </EmptyState>
            }
          />
        </Card>
      )}
    </>
  )
}
