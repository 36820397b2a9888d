'use client'

import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { Table, type Column } from '#ui/table.tsx'
import { FallbackDialog, type Chain } from './fallback-dialog.tsx'

/** Which models answer instead of one whose provider does not. */
export function Fallbacks({ editable }: { editable: boolean }) {
  const { slug } = useOrg()
  const query = useQuery(useApi().fallbacks.list.queryOptions({ org: slug }))
  const [edited, setEdited] = useState<Chain | 'new' | null>(null)
  const models = query.data?.models ?? []
  const chains = query.data?.chains
  const taken = chains?.map(({ model }) => model) ?? []
  const canAdd = editable && models.length > 1 && taken.length < models.length
  const columns: Column<Chain>[] = [
    {
      key: 'model',
      header: 'Model',
      lead: true,
      cell: ({ model }) => <span className="font-mono text-xs break-all">{model}</span>,
    },
    {
      key: 'then',
      header: 'Then, in this order',
      cell: ({ standIns }) => (
        <ol className="flex flex-wrap gap-x-4 gap-y-1">
          {standIns.map((name, at) => (
            <li key={name} className="text-sm">
              <span className="text-faint tabular-nums">{at + 1}. </span>
              <span className="font-mono text-xs break-all">{name}</span>
              {models.some((model) => model.name === name) ? null : <span className="text-faint"> not offered</span>}
            </li>
          ))}
        </ol>
      ),
    },
    ...(editable
      ? [
          {
            key: 'action',
            header: 'Actions',
            align: 'end' as const,
            action: true,
            cell: (chain: Chain) => (
              <Button size="sm" aria-label={`Edit fallback of ${chain.model}`} onClick={() => setEdited(chain)}>
                Edit
              </Button>
            ),
          },
        ]
      : []),
  ]
  return (
    <Card
      title="Fallbacks"
      description="Which models answer instead when a provider fails. Without one, the failure is told."
      actions={
        canAdd ? (
          <Button size="sm" icon={<Plus aria-hidden />} onClick={() => setEdited('new')}>
            Add fallback
          </Button>
        ) : null
      }
      flush
    >
      {query.isError ? (
        <div className="px-5 pb-4">
          <InlineError {...failureOf(query.error)} onRetry={() => void query.refetch()} />
        </div>
      ) : (
        <Table
          caption="Fallbacks"
          columns={columns}
          rows={chains}
          rowKey={({ model }) => model}
          skeletonRows={2}
          empty={<p className="px-5 pb-4 text-base text-faint">No model has a fallback.</p>}
        />
      )}
      {edited && query.data ? (
        <FallbackDialog
          models={models}
          taken={taken}
          chain={edited === 'new' ? null : edited}
          onClose={() => setEdited(null)}
        />
      ) : null}
    </Card>
  )
}
