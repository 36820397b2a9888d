'use client'

import { useMutation } from '@tanstack/react-query'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { RelativeTime } from '#ui/relative-time.tsx'
import { Table, type Column } from '#ui/table.tsx'
import { toast } from '#ui/toast.tsx'
import { useRefresh, type Connected } from './connected.ts'

type Limits = Connected['limits'][number]
type Limit = Limits['limits'][number]

const names: Record<Limit['of'], string> = {
  requests: 'requests',
  tokens: 'tokens',
  inputTokens: 'input tokens',
  outputTokens: 'output tokens',
}

/** What the provider allows, as its answers last said, and whether it is enforced here. */
export function ProviderLimits({ provider, editable }: { provider: Connected; editable: boolean }) {
  const { slug, timeZone } = useOrg()
  const refresh = useRefresh()
  const sync = useMutation(useApi().providers.syncLimits.mutationOptions())
  const run = async () => {
    try {
      const { known } = await sync.mutateAsync({ org: slug, id: provider.id })
      toast.done(known === 0 ? `${provider.name} has not told any limit yet` : 'Limits are up to date')
    } catch (error) {
      toast.failed(failureOf(error).message)
    }
    await refresh()
  }
  const columns: Column<Limits>[] = [
    {
      key: 'model',
      header: 'Model',
      lead: true,
      cell: ({ model }) =>
        model === null ? 'Whole API' : <span className="font-mono text-xs break-all">{model}</span>,
    },
    {
      key: 'limits',
      header: 'Allows',
      cell: ({ model, limits }) => (
        <div className="flex flex-wrap gap-x-6 gap-y-2">
          {limits.map((limit) => (
            <LimitBar key={limit.of} of={`${provider.name} ${model ?? ''}`} limit={limit} />
          ))}
        </div>
      ),
    },
    {
      key: 'read',
      header: 'Read',
      align: 'end',
      cell: ({ seenAt }) => <RelativeTime at={seenAt} zone={timeZone} />,
    },
  ]
  return (
    <section aria-label={`Limits of ${provider.name}`} className="border-t border-line px-5 pt-4 pb-2">
      <div className="flex flex-wrap items-center justify-between gap-3 pb-2">
        <p className="text-sm text-muted">
          Limits of the provider. Those per minute and hour are kept for all keys together, below your own limits.
        </p>
        {editable ? (
          <Button size="sm" loading={sync.isPending} onClick={() => void run()}>
            Sync limits
          </Button>
        ) : null}
      </div>
      <Table
        className="-mx-5"
        caption={`Limits of ${provider.name}`}
        columns={columns}
        rows={provider.limits}
        rowKey={({ model }) => model ?? ''}
        empty={
          <p className="pb-2 text-base text-faint">Not told yet. They are learned from the answers to requests.</p>
        }
      />
    </section>
  )
}

function LimitBar({ of, limit }: { of: string; limit: Limit }) {
  const { remaining } = limit
  const words = `${limit.limit.toLocaleString('en-US')} ${names[limit.of]} per ${limit.per}`
  const left = remaining === null ? null : Math.min(100, (remaining / limit.limit) * 100)
  return (
    <div className="min-w-40 flex-1">
      <p className="flex flex-wrap justify-between gap-x-3 text-sm tabular-nums">
        <span>{words}</span>
        {remaining === null ? null : <span className="text-faint">{remaining.toLocaleString('en-US')} left</span>}
      </p>
      {left === null ? null : (
        <div
          role="meter"
          aria-label={`${names[limit.of]} left at ${of}`}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(left)}
          aria-valuetext={`${remaining?.toLocaleString('en-US')} of ${words} left`}
          className="mt-1 flex h-1.5 overflow-hidden rounded-full bg-hover"
        >
          <div className={left < 20 ? 'bg-warn' : 'bg-bar'} style={{ width: `${left}%` }} />
        </div>
      )}
    </div>
  )
}
