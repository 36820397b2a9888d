'use client'

import { useQuery } from '@tanstack/react-query'
import { History } from 'lucide-react'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'

const everyMs = 15_000

/** While usage waits longer than it should to be recorded: every figure but those of budgets may be too low. */
export function BehindBanner() {
  const { slug, can } = useOrg()
  const behind = useQuery({
    ...useApi().verification.behind.queryOptions({ org: slug }),
    enabled: can('usage.read') !== null,
    refetchInterval: everyMs,
  })
  if (!behind.data) return null
  const minutes = Math.floor(behind.data.seconds / 60)
  return (
    <div role="alert" className="flex items-start gap-2 border-b border-line bg-warn-soft px-4 py-2 text-base md:px-8">
      <History aria-hidden className="mt-0.5 size-4 shrink-0" />
      <p className="min-w-0 flex-1">
        Recording is {minutes === 1 ? '1 minute' : `${minutes} minutes`} behind: usage, requests and reports miss the
        newest. Nothing is lost, and budgets hold.
      </p>
    </div>
  )
}
