import type { Metadata } from 'next'
import { api, prefetch, Prefetched } from '#trpc/server.tsx'
import { Providers } from './providers.tsx'

export const metadata: Metadata = { title: 'Providers' }

export default async function ProvidersPage({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params
  await prefetch(api.providers.list.queryOptions({ org }))
  await prefetch(api.fallbacks.list.queryOptions({ org }))
  await prefetch(api.health.list.queryOptions({ org }))
  return (
    <Prefetched>
      <Providers />
    </Prefetched>
  )
}
