'use client'

import { useQuery } from '@tanstack/react-query'
import { allowsModel } from '@tollkeeper/domain/policy'
import { useState } from 'react'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Card } from '#ui/card.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import type { Basics } from './basics.ts'
import { ClientTabs } from './client-tabs.tsx'
import { useFreshKey } from './fresh-key.ts'
import { KeyOfSnippets } from './key-of-snippets.tsx'
import { NoModels } from './no-models.tsx'
import { SnippetChoices } from './snippet-choices.tsx'
import { keyVariable } from './snippets.ts'
import { TestRequest } from './test-request.tsx'

/** How to point a client at the gateway, and whether it works. */
export function Connect() {
  const { slug } = useOrg()
  const basics = useQuery(useApi().connect.basics.queryOptions({ org: slug }))
  return (
    <>
      <PageHeader
        title="Connect"
        description="Change the base URL and the key of a client you already use. Everything else stays as it is."
      />
      {basics.isError ? (
        <InlineError {...failureOf(basics.error)} onRetry={() => void basics.refetch()} />
      ) : basics.data ? (
        <Ready basics={basics.data} />
      ) : (
        <div role="status" aria-label="Loading" className="flex flex-col gap-5">
          {['h-28', 'h-64', 'h-16'].map((height) => (
            <Card key={height}>
              <Skeleton className={height} />
            </Card>
          ))}
        </div>
      )}
    </>
  )
}

function Ready({ basics }: { basics: Basics }) {
  const { slug, can } = useOrg()
  const fresh = useFreshKey(slug)
  const models = basics.models.filter((model) => allowsModel(fresh?.allowedModels ?? null, model.name))
  const [chosen, setChosen] = useState<string | null>(null)
  const proposed = [chosen, fresh?.model, basics.suggested, models[0]?.name]
  const model = proposed.find((name) => models.some((each) => each.name === name)) ?? null
  return (
    <div className="flex flex-col gap-5">
      {basics.models.length === 0 ? <NoModels /> : null}
      <Card title="What to set">
        <div className="grid items-start gap-5 md:grid-cols-[minmax(0,5fr)_minmax(0,4fr)_minmax(0,3fr)]">
          <SnippetChoices gateway={basics.gateway} models={models} model={model} onModel={setChosen} />
          <KeyOfSnippets fresh={fresh} />
        </div>
      </Card>
      <Card title="Your client">
        <ClientTabs gateway={basics.gateway} apiKey={fresh?.secret ?? keyVariable} model={model ?? 'your-model'} />
        <p className="mt-3 text-sm text-muted">
          {fresh ? (
            `Copying takes the whole key of “${fresh.name}” along. It is gone from here when the page is loaded again.`
          ) : (
            <>
              Put your key into the variable <code className="font-mono">GATEWAY_KEY</code>, or create one here and it
              appears in the text.
            </>
          )}
        </p>
      </Card>
      {can('key.mint') === null ? null : (
        <TestRequest apiKey={fresh?.secret ?? null} model={model} testable={basics.testable} />
      )}
    </div>
  )
}
