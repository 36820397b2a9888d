'use client'

import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Status } from '#ui/badge.tsx'
import { Button } from '#ui/button.tsx'
import { Disclosure } from '#ui/disclosure.tsx'
import { fullMoneyText } from '#ui/money-text.ts'
import { Table, type Column } from '#ui/table.tsx'
import { toast } from '#ui/toast.tsx'
import { useRefresh, type Connected, type ConnectedModel } from './connected.ts'
import { PriceDialog } from './price-dialog.tsx'
import { RerateDialog } from './reratings/rerate-dialog.tsx'

/** pico-USD per token are micro-USD per million tokens. */
const perMillion = (rate: bigint | null) => (rate === null ? '—' : fullMoneyText(rate * 1_000n))

/** The models found at a provider, with what they cost and whether they may be called. */
export function ProviderModels({ provider, editable }: { provider: Connected; editable: boolean }) {
  const { slug } = useOrg()
  const refresh = useRefresh()
  const setModel = useMutation(useApi().providers.setModel.mutationOptions())
  const [priced, setPriced] = useState<ConnectedModel | null>(null)
  const [rerated, setRerated] = useState<ConnectedModel | null>(null)
  const unpriced = provider.models.filter((model) => model.unpriced).length
  const toggle = async (model: ConnectedModel) => {
    try {
      await setModel.mutateAsync({ org: slug, id: provider.id, model: model.name, enabled: !model.enabled })
    } catch (error) {
      toast.failed(failureOf(error).message)
    }
    await refresh()
  }
  const columns: Column<ConnectedModel>[] = [
    {
      key: 'name',
      header: 'Model',
      lead: true,
      cell: (model) => <span className="font-mono text-xs break-all">{model.name}</span>,
    },
    {
      key: 'input',
      header: 'Input per 1M',
      align: 'end',
      cell: (model) => <span className="tabular-nums">{perMillion(model.rates?.input ?? null)}</span>,
    },
    {
      key: 'output',
      header: 'Output per 1M',
      align: 'end',
      cell: (model) => <span className="tabular-nums">{perMillion(model.rates?.output ?? null)}</span>,
    },
    {
      key: 'context',
      header: 'Context',
      align: 'end',
      cell: (model) => model.contextWindow?.toLocaleString('en-US') ?? <span className="text-faint">—</span>,
    },
    {
      key: 'state',
      header: 'State',
      cell: (model) =>
        !model.enabled ? (
          <Status tone="neutral">Off</Status>
        ) : model.answeredBy !== null ? (
          <span className="text-sm text-muted">{model.answeredBy} answers</span>
        ) : model.unpriced ? (
          <Status tone="warn">Unpriced</Status>
        ) : (
          <Status tone="ok">Callable</Status>
        ),
    },
    ...(editable
      ? [
          {
            key: 'actions',
            header: 'Actions',
            action: true,
            align: 'end' as const,
            cell: (model: ConnectedModel) => (
              <span className="inline-flex gap-2">
                <Button
                  size="sm"
                  variant={model.unpriced ? 'secondary' : 'ghost'}
                  onClick={() => setPriced(model)}
                  aria-label={`${model.rates ? 'Change' : 'Add'} price of ${model.name}`}
                >
                  {model.rates ? 'Change price' : 'Add price'}
                </Button>
                {model.ownPrice ? (
                  <Button
                    size="sm"
                    variant="ghost"
                    onClick={() => setRerated(model)}
                    aria-label={`Apply price of ${model.name} to past usage`}
                  >
                    Past usage
                  </Button>
                ) : null}
                <Button
                  size="sm"
                  variant="ghost"
                  onClick={() => void toggle(model)}
                  aria-label={`${model.enabled ? 'Turn off' : 'Turn on'} ${model.name}`}
                >
                  {model.enabled ? 'Turn off' : 'Turn on'}
                </Button>
              </span>
            ),
          },
        ]
      : []),
  ]
  if (provider.models.length === 0) {
    return (
      <p className="border-t border-line px-5 py-4 text-base text-muted">
        No model found yet. Verify asks the provider which it has.
      </p>
    )
  }
  const count = provider.models.length === 1 ? '1 model' : `${provider.models.length} models`
  return (
    <div className="border-t border-line px-5 pt-2 pb-2">
      <Disclosure
        label={unpriced === 0 ? count : `${count}, ${unpriced} unpriced`}
        open={provider.models.length <= 12 || unpriced > 0}
      >
        <Table
          className="-mx-5"
          caption={`Models of ${provider.name}`}
          columns={columns}
          rows={provider.models}
          rowKey={(model) => model.name}
        />
      </Disclosure>
      {priced ? (
        <PriceDialog
          provider={provider}
          model={priced}
          onClose={(thenPast) => {
            setPriced(null)
            if (thenPast) setRerated(priced)
          }}
        />
      ) : null}
      {rerated ? <RerateDialog provider={provider} model={rerated} onClose={() => setRerated(null)} /> : null}
    </div>
  )
}
