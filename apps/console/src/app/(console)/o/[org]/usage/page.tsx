import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { api, prefetch, Prefetched } from '#trpc/server.tsx'
import { askedOf, loadUsageSearch } from './search.ts'
import { Usage } from './usage.tsx'

export const metadata: Metadata = { title: 'Usage' }

export default async function UsagePage({
  params,
  searchParams,
}: {
  params: Promise<{ org: string }>
  searchParams: Promise<SearchParams>
}) {
  const { org } = await params
  const search = await loadUsageSearch(searchParams)
  await prefetch(api.usage.report.queryOptions({ org, ...askedOf(search) }))
  return (
    <Prefetched>
      <Usage />
    </Prefetched>
  )
}
