import type { Metadata } from 'next'
import { api, prefetch, Prefetched } from '#trpc/server.tsx'
import { Settings } from './settings.tsx'

export const metadata: Metadata = { title: 'Settings' }

export default async function SettingsPage({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params
  await prefetch(api.settings.read.queryOptions({ org }))
  return (
    <Prefetched>
      <Settings />
    </Prefetched>
  )
}
