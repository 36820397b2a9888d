import type { Metadata } from 'next'
import { api, prefetch, Prefetched } from '#trpc/server.tsx'
import { TeamsAndMembers } from './teams-and-members.tsx'

export const metadata: Metadata = { title: 'Teams & members' }

export default async function TeamsPage({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params
  await prefetch(api.teams.all.queryOptions({ org }))
  return (
    <Prefetched>
      <TeamsAndMembers />
    </Prefetched>
  )
}
