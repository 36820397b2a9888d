'use client'

import { useQuery } from '@tanstack/react-query'
import type { KeyId } from '@tollkeeper/domain/id'
import { ChevronLeft } from 'lucide-react'
import Link from 'next/link'
import { paths } from '#paths.ts'
import { MessagePage } from '#shell/message-page.tsx'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { ExplainButton } from '../../budgets/explain/explain-button.tsx'
import { KeyMenu } from '../key-menu.tsx'
import { StateBadge } from '../key-state.tsx'
import { KeyEnd } from '../keys-table.tsx'
import type { WholeKey } from '../listed-key.ts'
import { KeyFacts } from './key-facts.tsx'
import { KeyHistory } from './key-history.tsx'
import { KeyLimits } from './key-limits.tsx'
import { KeyRequests } from './key-requests.tsx'
import { KeySpend } from './key-spend.tsx'

/** Everything about one key. */
export function KeyPage({ id }: { id: KeyId }) {
  const { slug } = useOrg()
  const key = useQuery(useApi().keys.one.queryOptions({ org: slug, id }))
  const failure = key.isError ? failureOf(key.error) : undefined
  if (failure?.code === 'NOT_FOUND') {
    return (
      <MessagePage
        title="There is no such key"
        action={
          <Button asChild>
            <Link href={paths.keys(slug)}>All keys</Link>
          </Button>
        }
      >
        It does not exist in this organisation, or your access does not include it.
      </MessagePage>
    )
  }
  return (
    <>
      <Link
        href={paths.keys(slug)}
        className="mb-2 -ml-1 inline-flex h-7 items-center gap-1 rounded-md pr-2 text-sm text-muted hover:text-ink"
      >
        <ChevronLeft aria-hidden className="size-4" />
        Keys
      </Link>
      {failure ? <InlineError {...failure} onRetry={() => void key.refetch()} /> : <Whole apiKey={key.data} />}
    </>
  )
}

function Whole({ apiKey: key }: { apiKey: WholeKey | undefined }) {
  const { can } = useOrg()
  if (!key) {
    return (
      <div role="status" aria-label="Loading" className="flex flex-col gap-5">
        <Skeleton className="h-7 w-56" />
        <Card>
          <Skeleton className="h-40" />
        </Card>
      </div>
    )
  }
  return (
    <>
      <PageHeader
        title={key.name}
        description={
          <span className="inline-flex flex-wrap items-center gap-2">
            <KeyEnd last4={key.last4} />
            <StateBadge state={key.state} />
          </span>
        }
        actions={
          <>
            <ExplainButton subject={{ kind: 'key', id: key.id }} about={`Key ${key.name}`} />
            <KeyMenu apiKey={key} />
          </>
        }
      />
      <div className="grid gap-5 xl:grid-cols-[minmax(0,1fr)_340px]">
        <div className="flex min-w-0 flex-col gap-5">
          <KeySpend id={key.id} name={key.name} />
          {can('request.read') === null ? null : <KeyRequests id={key.id} />}
          {can('audit.read') === null ? null : <KeyHistory id={key.id} />}
        </div>
        <div className="flex min-w-0 flex-col gap-5 max-xl:order-first max-xl:grid max-xl:gap-5 md:max-xl:grid-cols-2">
          <KeyLimits apiKey={key} />
          <KeyFacts apiKey={key} />
        </div>
      </div>
    </>
  )
}
