'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowLeft, HandCoins } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { paths } from '#paths.ts'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { toast } from '#ui/toast.tsx'
import { DecideDialog } from './decide-dialog.tsx'
import { RequestTable, RunningTable, type ShownRequest } from './raise-tables.tsx'

/** So that a decision shows where it is waited for. */
const refetchMs = 10_000

/** Requests for more on a limit, and the raises that run. */
export function Raises() {
  const { slug } = useOrg()
  const api = useApi()
  const queries = useQueryClient()
  const raises = useQuery({ ...api.raises.list.queryOptions({ org: slug }), refetchInterval: refetchMs })
  const withdraw = useMutation(api.raises.withdraw.mutationOptions())
  const end = useMutation(api.raises.end.mutationOptions())
  const [deciding, setDeciding] = useState<ShownRequest | undefined>()
  const after = (said: string) => ({
    onSuccess: () => {
      void queries.invalidateQueries(api.raises.pathFilter())
      void queries.invalidateQueries(api.budgets.pathFilter())
      toast.done(said)
    },
  })
  const { data } = raises
  const failed = withdraw.isError ? withdraw.error : end.isError ? end.error : null
  return (
    <>
      <PageHeader
        title="Raises"
        description="More on a limit until a time. Whoever asks never decides; when its time is over, a raise ends by itself."
        actions={
          <Button asChild>
            <Link href={paths.budgets(slug)}>
              <ArrowLeft aria-hidden />
              Budgets
            </Link>
          </Button>
        }
      />
      <div className="flex flex-col gap-4">
        {failed ? <InlineError {...failureOf(failed)} /> : null}
        {raises.isError ? (
          <InlineError {...failureOf(raises.error)} onRetry={() => void raises.refetch()} />
        ) : data && data.requests.length + data.running.length === 0 ? (
          <Card>
            <EmptyState
              icon={<HandCoins aria-hidden />}
              title="Nobody has asked for a raise"
              action={
                <Button asChild variant="primary">
                  <Link href={paths.budgets(slug)}>Open budgets</Link>
                </Button>
              }
            >
              A refused request offers “Request a raise”, and so does every limit on the Budgets page.
            </EmptyState>
          </Card>
        ) : (
          <>
            {data?.running.length === 0 ? null : (
              <Card title="Running" flush>
                <RunningTable
                  rows={data?.running}
                  onEnd={(raise) => end.mutate({ org: slug, id: raise.id }, after('Raise ended'))}
                />
              </Card>
            )}
            {data?.requests.length === 0 ? null : (
              <Card title="Requests" flush>
                <RequestTable
                  rows={data?.requests}
                  onDecide={setDeciding}
                  onWithdraw={(request) => withdraw.mutate({ org: slug, id: request.id }, after('Request withdrawn'))}
                />
              </Card>
            )}
          </>
        )}
      </div>
      {deciding ? <DecideDialog request={deciding} onClose={() => setDeciding(undefined)} /> : null}
    </>
  )
}
