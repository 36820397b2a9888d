'use client'

import { useQuery } from '@tanstack/react-query'
import type { RequestId } from '@tollkeeper/domain/id'
import { ArrowLeft, ScrollText } from 'lucide-react'
import Link from 'next/link'
import { paths } from '#paths.ts'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { RequestFacts } from './request-facts.tsx'
import { RequestMoney } from './request-money.tsx'
import { RequestRefusal } from './request-refusal.tsx'
import { RequestTimeline } from './request-timeline.tsx'

/** A request that was answered a moment ago reaches the ledger within seconds. */
const waitMs = 1_000

/** One request: how it ended, why, how long each step took and what it cost. */
export function RequestPage({ id }: { id: RequestId }) {
  const { slug } = useOrg()
  const query = useQuery({
    ...useApi().requests.one.queryOptions({ org: slug, id }),
    refetchInterval: ({ state }) => (failureOf(state.error).code === 'NOT_FOUND' ? waitMs : false),
  })
  const back = (
    <Button asChild size="sm" variant="ghost">
      <Link href={paths.requests(slug)}>
        <ArrowLeft aria-hidden />
        All requests
      </Link>
    </Button>
  )
  if (query.isError && failureOf(query.error).code === 'NOT_FOUND') {
    return (
      <>
        <PageHeader title="Request" actions={back} />
        <Card>
          <EmptyState icon={<ScrollText />} title="There is no such request">
            If it was made a moment ago, it appears here by itself within a few seconds.
          </EmptyState>
        </Card>
      </>
    )
  }
  if (query.isError) {
    return (
      <>
        <PageHeader title="Request" actions={back} />
        <InlineError {...failureOf(query.error)} onRetry={() => void query.refetch()} />
      </>
    )
  }
  const request = query.data
  return (
    <>
      <PageHeader title="Request" actions={back} />
      <div className="flex flex-col gap-4">
        {request === undefined ? (
          <Skeleton className="h-40 w-full rounded-lg" />
        ) : (
          <>
            <RequestFacts request={request} />
            {request.refusal === null && request.failure === null ? null : <RequestRefusal request={request} />}
            <div className="grid items-start gap-4 xl:grid-cols-[2fr_3fr]">
              <RequestTimeline request={request} />
              <RequestMoney request={request} />
            </div>
            <Card title="Content">
              <p className="text-base text-muted">
                Not stored. Prompts and answers pass through the gateway and are never written down.
              </p>
            </Card>
          </>
        )}
      </div>
    </>
  )
}
