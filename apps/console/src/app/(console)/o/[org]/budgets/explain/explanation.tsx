'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { CircleCheck, CircleX } from 'lucide-react'
import type { ReactNode } from 'react'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { InlineError } from '#ui/inline-error.tsx'
import { Money } from '#ui/money.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { ExplainedChain } from './explained-chain.tsx'
import type { ExplainForm, Subject } from './inputs.ts'

/** The answer: let in or not, the output that fits, and the six levels. */
export function Explanation({ asked }: { asked: { subject: Subject; form: ExplainForm } }) {
  const { slug } = useOrg()
  const query = useQuery({
    ...useApi().budgets.explain.queryOptions({ org: slug, subject: asked.subject, ...asked.form }),
    placeholderData: keepPreviousData,
    // Counters move: what was true for the last question is not shown for the next one without asking.
    staleTime: 0,
    retry: false,
  })
  if (query.isError) return <InlineError {...failureOf(query.error)} onRetry={() => void query.refetch()} />
  const told = query.data
  if (!told) return <Skeleton className="h-64 w-full" />
  const Icon = told.admitted ? CircleCheck : CircleX
  return (
    <section aria-label="Explanation" aria-busy={query.isFetching} className="flex min-w-0 flex-col gap-4">
      <div role="status" className="flex items-start gap-3 rounded-lg border border-line bg-sunken px-4 py-3">
        <Icon aria-hidden className={`mt-0.5 size-5 shrink-0 ${told.admitted ? 'text-ok' : 'text-danger'}`} />
        <div className="min-w-0">
          <p className="text-base font-semibold">
            {told.admitted ? 'It would be let in now' : 'It would be refused now'}
          </p>
          <p className="mt-0.5 text-base">
            Largest output that still fits: <strong>{tokens(told.fits)}</strong>
          </p>
          {told.refusal ? <p className="mt-1 text-sm break-words text-muted">{told.refusal.message}</p> : null}
        </div>
      </div>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 md:grid-cols-3">
        <Fact name="Worst case">
          <Money amount={told.bound} />
        </Fact>
        <Fact name={told.admitted ? 'Output it would get at most' : 'Output it asks for'}>{tokens(told.output)}</Fact>
        <Fact name="Provider">{told.provider}</Fact>
      </dl>
      <ExplainedChain levels={told.levels} admitted={told.admitted} />
    </section>
  )
}

const tokens = (count: number): string => `${count.toLocaleString('en-US')} ${count === 1 ? 'token' : 'tokens'}`

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="min-w-0">
    <dt className="text-sm text-muted">{name}</dt>
    <dd className="mt-0.5 text-base break-words tabular-nums">{children}</dd>
  </div>
)
