'use client'

import { useQueryClient } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { Button } from '#ui/button.tsx'
import { CreateKey } from '../keys/create-key.tsx'
import { KeyEnd } from '../keys/keys-table.tsx'
import { keepFreshKey, type FreshKey } from './fresh-key.ts'

/** Which key is in the snippets, and the way to a new one. */
export function KeyOfSnippets({ fresh }: { fresh: FreshKey | null }) {
  const { slug, can } = useOrg()
  const api = useApi()
  const queries = useQueryClient()
  const [creating, setCreating] = useState(false)
  if (can('key.mint') === null) return null
  return (
    <div>
      <p className="mb-1.5 text-sm font-medium">Key</p>
      {fresh ? (
        <p className="flex min-h-9 flex-wrap items-center justify-between gap-x-3 text-base">
          <span className="min-w-0 truncate">{fresh.name}</span>
          <KeyEnd last4={fresh.last4} />
        </p>
      ) : (
        <Button icon={<Plus aria-hidden />} onClick={() => setCreating(true)}>
          Create key
        </Button>
      )}
      <CreateKey
        open={creating}
        onOpenChange={setCreating}
        onDone={(made) => {
          keepFreshKey({ orgSlug: slug, ...made })
          void queries.invalidateQueries({ queryKey: api.connect.pathKey() })
          void queries.invalidateQueries({ queryKey: api.keys.pathKey() })
        }}
      />
    </div>
  )
}
