import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { api, prefetch, Prefetched } from '#trpc/server.tsx'
import { Audit } from './audit.tsx'
import { loadAuditSearch, logQuestion } from './search.ts'

export const metadata: Metadata = { title: 'Audit log' }

type Props = { params: Promise<{ org: string }>; searchParams: Promise<SearchParams> }

export default async function AuditPage({ params, searchParams }: Props) {
  const { org } = await params
  const search = await loadAuditSearch(searchParams)
  await Promise.all([
    prefetch(api.audit.list.queryOptions(logQuestion(org, search, null))),
    prefetch(api.audit.choices.queryOptions({ org })),
  ])
  return (
    <Prefetched>
      <Audit />
    </Prefetched>
  )
}
