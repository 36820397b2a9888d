import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { api, prefetch, Prefetched } from '#trpc/server.tsx'
import { Overview } from './overview.tsx'
import { loadOverviewSearch } from './search.ts'

export const metadata: Metadata = { title: 'Overview' }

export default async function OverviewPage({
  params,
  searchParams,
}: {
  params: Promise<{ org: string }>
  searchParams: Promise<SearchParams>
}) {
  const { org } = await params
  const { range } = await loadOverviewSearch(searchParams)
  await Promise.all([
    prefetch(api.overview.month.queryOptions({ org })),
    prefetch(api.overview.spend.queryOptions({ org, range })),
    prefetch(api.overview.attention.queryOptions({ org })),
    prefetch(api.overview.checklist.queryOptions({ org })),
  ])
  return (
    <Prefetched>
      <Overview />
    </Prefetched>
  )
}
