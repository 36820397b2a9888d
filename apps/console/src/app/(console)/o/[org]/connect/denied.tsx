'use client'

import { skipToken, useQuery } from '@tanstack/react-query'
import type { RequestId } from '@tollkeeper/domain/id'
import { TriangleAlert } from 'lucide-react'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { RequestFix } from '../requests/[id]/request-fix.tsx'
import { RequestRefusal } from '../requests/[id]/request-refusal.tsx'

type Props = {
  failure: { message: string; reason: string }
  /** Null where the gateway gave none. */
  requestId: RequestId | null
  /** Whether the request can be read by now. */
  recorded: boolean
}

/** Why the test request was answered with no: the panel of the request's own page as soon as it is recorded. */
export function Denied({ failure, requestId, recorded }: Props) {
  const { slug } = useOrg()
  const asked = recorded && requestId !== null ? { org: slug, id: requestId } : skipToken
  const request = useQuery(useApi().requests.one.queryOptions(asked))
  if (request.data) return <RequestRefusal request={request.data} />
  return (
    <section
      role="alert"
      aria-label="What went wrong?"
      className="flex flex-wrap items-start gap-x-3 gap-y-2 rounded-lg border border-warn/40 bg-warn-soft px-4 py-3"
    >
      <TriangleAlert aria-hidden className="mt-[3px] size-4 shrink-0 text-warn" />
      <div className="min-w-0 flex-1 basis-56">
        <p className="text-base break-words">{failure.message}</p>
        <p className="mt-0.5 font-mono text-xs text-muted">{failure.reason}</p>
      </div>
      <RequestFix reason={failure.reason} />
    </section>
  )
}
