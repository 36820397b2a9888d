'use client'

import { useQuery } from '@tanstack/react-query'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { Select } from '#ui/select.tsx'
import { TeamFilter } from '#ui/team-filter.tsx'
import { TypedFilter } from '#ui/typed-filter.tsx'
import { withoutSecret, type KeyFilters as Filters } from './filters.ts'
import { listedStatuses } from './inputs.ts'
import { stateLooks } from './key-state.tsx'

/** Search and selections above the list. Typing is passed on after a short pause. */
export function KeyFilters({ filters, onChange }: { filters: Filters; onChange: (change: Partial<Filters>) => void }) {
  const { slug } = useOrg()
  const teams = useQuery(useApi().keys.teams.queryOptions({ org: slug }))
  return (
    <div role="search" aria-label="Keys" className="flex flex-wrap gap-2">
      <TypedFilter
        label="Search keys"
        placeholder="Name or sk-gw-…"
        value={filters.q}
        onChange={(q) => onChange({ q })}
        clean={withoutSecret}
        icon
      />
      <Select
        aria-label="Status"
        className="w-40 max-md:flex-1"
        value={filters.status ?? ''}
        onChange={(event) => onChange({ status: listedStatuses.find((each) => each === event.target.value) ?? null })}
      >
        <option value="">Any status</option>
        {listedStatuses.map((status) => (
          <option key={status} value={status}>
            {stateLooks[status].word}
          </option>
        ))}
      </Select>
      <TeamFilter teams={teams.data} value={filters.team} onChange={(team) => onChange({ team })} />
    </div>
  )
}
