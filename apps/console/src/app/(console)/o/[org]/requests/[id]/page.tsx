import { requestId } from '@tollkeeper/domain/id'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { api, prefetch, Prefetched } from '#trpc/server.tsx'
import { RequestPage } from './request-page.tsx'

export const metadata: Metadata = { title: 'Request' }

export default async function OneRequestPage({ params }: { params: Promise<{ org: string; id: string }> }) {
  const { org, id: text } = await params
  const id = requestId.safeParse(text).data
  if (id === undefined) notFound()
  await prefetch(api.requests.one.queryOptions({ org, id }))
  return (
    <Prefetched>
      <RequestPage id={id} />
    </Prefetched>
  )
}
