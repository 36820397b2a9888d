'use client'

import { Server } from 'lucide-react'
import Link from 'next/link'
import { paths } from '#paths.ts'
import { useOrg } from '#shell/org-context.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'

/** In an organisation that no provider answers for yet. */
export function NoModels() {
  const { slug, can } = useOrg()
  const may = can('provider.write') !== null
  return (
    <Card flush>
      <EmptyState
        icon={<Server />}
        title="No model can be called yet"
        action={
          may ? (
            <Button asChild variant="primary">
              <Link href={paths.providers(slug)}>Connect a provider</Link>
            </Button>
          ) : null
        }
      >
        {may
          ? 'Connect a provider and verify it: its models are then offered to every key.'
          : 'An owner or admin of the organisation has to connect a provider first.'}
      </EmptyState>
    </Card>
  )
}
