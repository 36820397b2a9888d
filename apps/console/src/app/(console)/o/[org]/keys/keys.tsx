'use client'

import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import type { inferRouterOutputs } from '@trpc/server'
import { Plus } from 'lucide-react'
import { useQueryStates } from 'nuqs'
import { useState } from 'react'
import type { AppRouter } from '#server/router.ts'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Pager } from '#ui/pager.tsx'
import { CreateKey } from './create-key.tsx'
import { keyFilters, listQuestion, type KeyFilters as Filters } from './filters.ts'
import { KeyFilters } from './key-filters.tsx'
import { KeysTable } from './keys-table.tsx'

type List = inferRouterOutputs<AppRouter>['keys']['list']

/** The list of keys with its filters in the address, and the way to a new key. */
export function Keys() {
  const { slug, can } = useOrg()
  const api = useApi()
  const queries = useQueryClient()
  const [filters, setFilters] = useQueryStates(keyFilters)
  const [creating, setCreating] = useState(false)
  const [cursors, setCursors] = useState<NonNullable<List['next']>[]>([])
  const list = useQuery({
    ...api.keys.list.queryOptions(listQuestion(slug, filters, cursors.at(-1) ?? null)),
    placeholderData: keepPreviousData,
  })
  const narrow = (change: Partial<Filters>) => {
    setCursors([])
    void setFilters(change)
  }
  const next = list.data?.next
  const narrowed = filters.q !== '' || filters.status !== null || filters.team !== null
  const empty = list.data?.keys.length === 0 && !narrowed && cursors.length === 0
  const button =
    can('key.mint') === null ? null : (
      <Button variant="primary" icon={<Plus aria-hidden />} onClick={() => setCreating(true)}>
        Create key
      </Button>
    )
  return (
    <>
      <PageHeader
        title="Keys"
        description="What applications send to the gateway. Each has its own quota, inside the budgets above it."
        actions={empty ? null : button}
      />
      <div className="flex flex-col gap-4">
        {empty ? null : <KeyFilters filters={filters} onChange={narrow} />}
        {list.isError ? (
          <InlineError {...failureOf(list.error)} onRetry={() => void list.refetch()} />
        ) : (
          <Card flush>
            <KeysTable
              keys={list.data?.keys}
              stale={list.isPlaceholderData}
              create={button}
              onClear={narrowed ? () => narrow({ q: '', status: null, team: null }) : undefined}
            />
            <Pager
              label="Pages of keys"
              onPrevious={cursors.length > 0 ? () => setCursors(cursors.slice(0, -1)) : undefined}
              onNext={next ? () => setCursors([...cursors, next]) : undefined}
            />
          </Card>
        )}
      </div>
      <CreateKey
        open={creating}
        onOpenChange={setCreating}
        // The list is asked for again only now: before, the dialog still shows what is shown once.
        onDone={() => void queries.invalidateQueries({ queryKey: api.keys.pathKey() })}
      />
    </>
  )
}
