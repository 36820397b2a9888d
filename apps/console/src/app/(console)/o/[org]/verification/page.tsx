import type { Metadata } from 'next'
import { api, prefetch, Prefetched } from '#trpc/server.tsx'
import { Verification } from './verification.tsx'

export const metadata: Metadata = { title: 'Verification' }

export default async function VerificationPage({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params
  await prefetch(api.verification.latest.queryOptions({ org }))
  return (
    <Prefetched>
      <Verification />
    </Prefetched>
  )
}
