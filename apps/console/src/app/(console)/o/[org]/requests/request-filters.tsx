'use client'

import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { Button } from '#ui/button.tsx'
import { Select } from '#ui/select.tsx'
import { TeamFilter } from '#ui/team-filter.tsx'
import { TypedFilter } from '#ui/typed-filter.tsx'
import type { RequestFilters as Filters } from './filters.ts'
import { requestStates } from './inputs.ts'
import { stateLooks } from './request-state.tsx'

type Props = { filters: Filters; onChange: (change: Partial<Filters>) => void }

/** Search and selections above the list. */
export function RequestFilters({ filters, onChange }: Props) {
  const { slug } = useOrg()
  const teams = useQuery(useApi().requests.teams.queryOptions({ org: slug }))
  return (
    <div role="search" aria-label="Requests" className="flex flex-wrap items-center gap-2">
      <TypedFilter
        label="Search by request id"
        placeholder="req_…"
        value={filters.q}
        onChange={(q) => onChange({ q })}
        icon
      />
      <TypedFilter label="Model" placeholder="Model" value={filters.model} onChange={(model) => onChange({ model })} />
      <Select
        aria-label="Outcome"
        className="w-40 max-md:flex-1"
        value={filters.state ?? ''}
        onChange={(event) => onChange({ state: requestStates.find((each) => each === event.target.value) ?? null })}
      >
        <option value="">Any outcome</option>
        {requestStates.map((state) => (
          <option key={state} value={state}>
            {stateLooks[state].word}
          </option>
        ))}
      </Select>
      <TeamFilter teams={teams.data} value={filters.team} onChange={(team) => onChange({ team })} />
      {filters.key === null ? null : (
        <Button size="sm" icon={<X aria-hidden />} onClick={() => onChange({ key: null })}>
          One key only
        </Button>
      )}
    </div>
  )
}
