import type { Metadata } from 'next'
import { api, prefetch, Prefetched } from '#trpc/server.tsx'
import { Budgets } from './budgets.tsx'

export const metadata: Metadata = { title: 'Budgets' }

export default async function BudgetsPage({ params }: { params: Promise<{ org: string }> }) {
  const { org } = await params
  await prefetch(api.budgets.tree.queryOptions({ org }))
  return (
    <Prefetched>
      <Budgets />
    </Prefetched>
  )
}
