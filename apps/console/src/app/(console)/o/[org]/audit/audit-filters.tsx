'use client'

import { useQuery } from '@tanstack/react-query'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { Combobox } from '#ui/combobox.tsx'
import type { AuditSearch } from './search.ts'

/** Narrows the log to somebody, to a kind of thing, or to one action. */
export function AuditFilters({
  search,
  onChange,
}: {
  search: AuditSearch
  onChange: (change: Partial<AuditSearch>) => void
}) {
  const { slug } = useOrg()
  const { data } = useQuery(useApi().audit.choices.queryOptions({ org: slug }))
  const actions = data?.actions ?? []
  const nouns = [...new Set(actions.map((action) => action.split('.')[0] ?? ''))]
  return (
    <div className="flex flex-wrap gap-2 [&>*]:min-w-0 max-md:[&>*]:w-full">
      <div className="w-56">
        <Combobox
          aria-label="Person"
          choices={(data?.actors ?? []).map((actor) => ({ value: actor.id, label: actor.name }))}
          value={search.actor}
          onChange={(actor) => onChange({ actor })}
          none="Everybody"
          searchLabel="Search people"
        />
      </div>
      <div className="w-56">
        <Combobox
          aria-label="Action"
          choices={[
            ...nouns.map((noun) => ({ value: noun, label: noun, note: 'every action' })),
            ...actions.map((action) => ({ value: action, label: action })),
          ]}
          value={search.action}
          onChange={(action) => onChange({ action })}
          none="Every action"
          searchLabel="Search actions"
        />
      </div>
    </div>
  )
}
