import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { api, prefetch, Prefetched } from '#trpc/server.tsx'
import { listQuestion, loadRequestFilters } from './filters.ts'
import { Requests } from './requests.tsx'

export const metadata: Metadata = { title: 'Requests' }

type Props = { params: Promise<{ org: string }>; searchParams: Promise<SearchParams> }

export default async function RequestsPage({ params, searchParams }: Props) {
  const { org } = await params
  const filters = await loadRequestFilters(searchParams)
  await Promise.all([
    prefetch(api.requests.list.queryOptions(listQuestion(org, filters, null))),
    prefetch(api.requests.teams.queryOptions({ org })),
  ])
  return (
    <Prefetched>
      <Requests />
    </Prefetched>
  )
}
