'use client'

import { useMutation, useQuery } from '@tanstack/react-query'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { ConfirmDialog } from '#ui/confirm-dialog.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { Money } from '#ui/money.tsx'
import { RelativeTime } from '#ui/relative-time.tsx'
import { Skeleton } from '#ui/skeleton.tsx'

type Props = { apiKey: { id: string; name: string }; onClose: () => void; onDone: () => Promise<void> }

/** Says what stops with the key. Its name has to be typed where it was used within a day. */
export function RevokeDialog({ apiKey, onClose, onDone }: Props) {
  const { slug } = useOrg()
  const api = useApi()
  const input = { org: slug, id: apiKey.id }
  const use = useQuery(api.keys.use.queryOptions(input, { staleTime: 0 }))
  const revoke = useMutation(api.keys.revoke.mutationOptions({ onSuccess: onDone }))
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Revoke “${apiKey.name}”?`}
      action="Revoke"
      busy={revoke.isPending || use.isPending}
      onConfirm={() => revoke.mutate(input)}
      {...(use.data?.usedToday === false ? {} : { typed: apiKey.name })}
    >
      <div className="flex flex-col gap-3">
        <p>Whatever uses it is refused within a second, for good. What it spent stays in every report.</p>
        {use.isError ? (
          <InlineError {...failureOf(use.error)} onRetry={() => void use.refetch()} />
        ) : (
          <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1 rounded-lg border border-line bg-sunken px-3.5 py-2.5">
            <dt>Last used</dt>
            <dd className="text-right text-ink">
              {use.data ? <RelativeTime at={use.data.lastUsedAt} /> : <Waiting />}
            </dd>
            <dt>Requests, last 24 hours</dt>
            <dd className="text-right text-ink tabular-nums">
              {use.data?.requests.toLocaleString('en-US') ?? <Waiting />}
            </dd>
            <dt>Spend, last 24 hours</dt>
            <dd className="text-right text-ink">{use.data ? <Money amount={use.data.costNano} /> : <Waiting />}</dd>
          </dl>
        )}
        {revoke.isError ? <InlineError {...failureOf(revoke.error)} /> : null}
      </div>
    </ConfirmDialog>
  )
}

const Waiting = () => <Skeleton className="my-1 ml-auto h-3.5 w-16" />
