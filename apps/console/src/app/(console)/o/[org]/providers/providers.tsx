'use client'

import { useQuery } from '@tanstack/react-query'
import { Plus, Server } from 'lucide-react'
import { useState } from 'react'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { Fallbacks } from './fallbacks/fallbacks.tsx'
import { AddProviderDialog } from './add-provider-dialog.tsx'
import { ProviderCard } from './provider-card.tsx'
import { ReratingsCard } from './reratings/reratings-card.tsx'

/** Connected providers, and the way to connect one. */
export function Providers() {
  const { slug, can } = useOrg()
  const [adding, setAdding] = useState(false)
  const query = useQuery(useApi().providers.list.queryOptions({ org: slug }))
  const button =
    can('provider.write') === null ? null : (
      <Button variant="primary" icon={<Plus aria-hidden />} onClick={() => setAdding(true)}>
        Add provider
      </Button>
    )
  const connected = query.data?.providers
  return (
    <>
      <PageHeader
        title="Providers"
        description="Whom the gateway calls. Credentials are sealed: nobody can read them here again."
        actions={connected?.length === 0 ? null : button}
      />
      {query.isError ? (
        <InlineError {...failureOf(query.error)} onRetry={() => void query.refetch()} />
      ) : connected === undefined ? (
        <Skeleton className="h-72 w-full rounded-lg" />
      ) : connected.length === 0 ? (
        <Card flush>
          <EmptyState icon={<Server />} title="No provider yet" action={button}>
            {query.data?.simulated
              ? 'Start with the simulated one: it needs no key and costs nothing.'
              : 'Connect one with its API key, and its models can be called.'}
          </EmptyState>
        </Card>
      ) : (
        <div className="flex flex-col gap-4">
          {connected.map((provider) => (
            <ProviderCard key={provider.id} provider={provider} editable={can('provider.write') !== null} />
          ))}
          <Fallbacks editable={can('provider.write') !== null} />
          {can('provider.write') === null ? null : <ReratingsCard />}
        </div>
      )}
      {adding && query.data ? (
        <AddProviderDialog simulated={query.data.simulated} onClose={() => setAdding(false)} />
      ) : null}
    </>
  )
}
