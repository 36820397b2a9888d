import type { Metadata } from 'next'
import { api, prefetch, Prefetched } from '#trpc/server.tsx'
import { Connect } from './connect.tsx'

export const metadata: Metadata = { title: 'Connect' }

export default async function ConnectPage({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params
  await Promise.all([
    prefetch(api.connect.basics.queryOptions({ org })),
    prefetch(api.connect.last.queryOptions({ org, id: null })),
  ])
  return (
    <Prefetched>
      <Connect />
    </Prefetched>
  )
}
