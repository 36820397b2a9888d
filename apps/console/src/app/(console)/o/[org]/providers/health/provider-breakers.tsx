'use client'

import { useQuery } from '@tanstack/react-query'
import type { inferRouterOutputs } from '@trpc/server'
import type { AppRouter } from '#server/router.ts'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Status, type Tone } from '#ui/badge.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { RelativeTime } from '#ui/relative-time.tsx'
import { Table, type Column } from '#ui/table.tsx'
import type { Connected } from '../connected.ts'
import { Countdown } from './countdown.tsx'

type Breaker = inferRouterOutputs<AppRouter>['health']['list'][number]

const states: Record<Breaker['state'], { tone: Tone; word: string }> = {
  closed: { tone: 'ok', word: 'Closed' },
  open: { tone: 'danger', word: 'Open' },
  'half-open': { tone: 'warn', word: 'Half-open' },
  limited: { tone: 'warn', word: 'Held back' },
}

/** One process after the other finds out; people who look at an outage want to see its end. */
const everyMs = 2_000

/** Whether the gateway asks the provider, model by model, and when it will again. */
export function ProviderBreakers({ provider }: { provider: Connected }) {
  const { slug, timeZone } = useOrg()
  const query = useQuery({ ...useApi().health.list.queryOptions({ org: slug }), refetchInterval: everyMs })
  const breakers = query.data?.filter(({ providerId }) => providerId === provider.id)
  const columns: Column<Breaker>[] = [
    {
      key: 'model',
      header: 'Model',
      lead: true,
      cell: ({ model }) => <span className="font-mono text-xs break-all">{model}</span>,
    },
    {
      key: 'state',
      header: 'State',
      cell: ({ state }) => <Status tone={states[state].tone}>{states[state].word}</Status>,
    },
    {
      key: 'next',
      header: 'Next call',
      cell: ({ state, waitMs }) =>
        state === 'closed' ? (
          <span className="text-faint">At once</span>
        ) : (
          <Countdown untilMs={query.dataUpdatedAt + waitMs} />
        ),
    },
    {
      key: 'failed',
      header: 'Failed, last 30 s',
      align: 'end',
      cell: ({ state, failed, answered }) =>
        state === 'open' || state === 'half-open' ? (
          <span className="text-faint">—</span>
        ) : (
          <span className="tabular-nums">{`${failed} of ${failed + answered}`}</span>
        ),
    },
    {
      key: 'opened',
      header: 'Opened',
      align: 'end',
      cell: ({ openedAt, trips }) => (
        <span className="tabular-nums">
          {openedAt === null ? null : (
            <>
              <RelativeTime at={openedAt} zone={timeZone} />,{' '}
            </>
          )}
          {trips === 0 ? 'Never' : trips === 1 ? 'once so far' : `${trips} times so far`}
        </span>
      ),
    },
  ]
  return (
    <section aria-label={`Circuit breakers of ${provider.name}`} className="border-t border-line px-5 pt-4 pb-2">
      <p className="pb-2 text-sm text-muted">
        Circuit breakers, shared by all gateways. A model that fails is left alone for a while; then one call finds out.
      </p>
      {query.isError ? (
        <InlineError {...failureOf(query.error)} onRetry={() => void query.refetch()} />
      ) : (
        <Table
          className="-mx-5"
          caption={`Circuit breakers of ${provider.name}`}
          columns={columns}
          rows={breakers}
          rowKey={({ model }) => model}
          skeletonRows={1}
          empty={<p className="pb-2 text-base text-faint">Closed for every model: none has opened lately.</p>}
        />
      )}
    </section>
  )
}
