'use client'

import { useQuery } from '@tanstack/react-query'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Badge } from '#ui/badge.tsx'
import { Card } from '#ui/card.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { SettingsEditor } from './settings-editor.tsx'

/** Loads, says what went wrong, or hands over to the form. */
export function Settings() {
  const { slug, can } = useOrg()
  const settings = useQuery(useApi().settings.read.queryOptions({ org: slug }))
  const editable = can('settings.write') !== null
  return (
    <>
      <PageHeader
        title="Settings"
        description="What holds for the whole organisation."
        actions={editable ? null : <Badge>Read only</Badge>}
      />
      {settings.isError ? (
        <InlineError {...failureOf(settings.error)} onRetry={() => void settings.refetch()} />
      ) : settings.data ? (
        <SettingsEditor settings={settings.data} editable={editable} />
      ) : (
        <div className="flex max-w-[760px] flex-col gap-5">
          {[1, 2, 3].map((each) => (
            <Card key={each}>
              <div className="flex flex-col gap-4 py-2">
                <Skeleton className="w-40" />
                <Skeleton className="h-9" />
                <Skeleton className="h-9" />
              </div>
            </Card>
          ))}
        </div>
      )}
    </>
  )
}
