'use client'

import { useQuery } from '@tanstack/react-query'
import { Scale } from 'lucide-react'
import Link from 'next/link'
import { paths } from '#paths.ts'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'

const everyMs = 60_000

/** On every page of those who see all money, as long as the last verification found something; gone when it is healed. */
export function DriftBanner() {
  const { slug, can } = useOrg()
  const latest = useQuery({
    ...useApi().verification.latest.queryOptions({ org: slug }),
    enabled: can('budget.read') === 'all',
    refetchInterval: everyMs,
  })
  const [first, ...others] = latest.data?.findings ?? []
  if (!first) return null
  return (
    <div
      role="alert"
      className="flex items-start gap-2 border-b border-line bg-danger-soft px-4 py-2 text-base md:px-8"
    >
      <Scale aria-hidden className="mt-0.5 size-4 shrink-0 text-danger" />
      <p className="min-w-0 flex-1 break-words">
        Ledger and counters differ: {first.where}
        {others.length > 0 ? ` and ${others.length} more` : ''}.{' '}
        <Link href={paths.verification(slug)} className="font-medium underline underline-offset-2">
          Details
        </Link>
      </p>
    </div>
  )
}
