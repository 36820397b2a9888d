import type { Metadata } from 'next'
import { api, prefetch, Prefetched } from '#trpc/server.tsx'
import { Raises } from './raises.tsx'

export const metadata: Metadata = { title: 'Raises' }

export default async function RaisesPage({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params
  await prefetch(api.raises.list.queryOptions({ org }))
  return (
    <Prefetched>
      <Raises />
    </Prefetched>
  )
}
