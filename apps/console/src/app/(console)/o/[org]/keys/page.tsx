import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { api, prefetch, Prefetched } from '#trpc/server.tsx'
import { listQuestion, loadKeyFilters } from './filters.ts'
import { Keys } from './keys.tsx'

export const metadata: Metadata = { title: 'Keys' }

type Props = { params: Promise<{ org: string }>; searchParams: Promise<SearchParams> }

export default async function KeysPage({ params, searchParams }: Props) {
  const { org } = await params
  const filters = await loadKeyFilters(searchParams)
  await Promise.all([
    prefetch(api.keys.list.queryOptions(listQuestion(org, filters, null))),
    prefetch(api.keys.teams.queryOptions({ org })),
  ])
  return (
    <Prefetched>
      <Keys />
    </Prefetched>
  )
}
