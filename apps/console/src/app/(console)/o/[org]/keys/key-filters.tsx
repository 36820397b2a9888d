'use client'

import { useQuery } from '@tanstack/react-query'
import { Search } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { withoutSecret, type KeyFilters as Filters } from './filters.ts'
import { listedStatuses } from './inputs.ts'
import { stateLooks } from './key-state.tsx'

const pauseMs = 250

/** Search and selections above the list. Typing is passed on after a short pause. */
export function KeyFilters({ filters, onChange }: { filters: Filters; onChange: (change: Partial<Filters>) => void }) {
  const { slug } = useOrg()
  const teams = useQuery(useApi().keys.teams.queryOptions({ org: slug }))
  const [typed, setTyped] = useState(filters.q)
  // Cleared or changed from elsewhere, such as by going back.
  const [known, setKnown] = useState(filters.q)
  if (filters.q !== known) {
    setKnown(filters.q)
    setTyped(filters.q)
  }
  useEffect(() => {
    if (typed === known) return
    const timer = setTimeout(() => {
      setKnown(typed)
      onChange({ q: typed })
    }, pauseMs)
    return () => clearTimeout(timer)
  })
  return (
    <div role="search" aria-label="Keys" className="flex flex-wrap gap-2">
      <div className="w-full md:w-64">
        <Input
          type="search"
          aria-label="Search keys"
          placeholder="Name or sk-gw-…"
          prefix={<Search aria-hidden className="size-4" />}
          className="pl-9"
          value={typed}
          onChange={(event) => setTyped(withoutSecret(event.target.value))}
        />
      </div>
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
      {teams.data && teams.data.length > 1 ? (
        <Select
          aria-label="Team"
          className="w-48 max-md:flex-1"
          value={filters.team ?? ''}
          onChange={(event) => onChange({ team: event.target.value || null })}
        >
          <option value="">All teams</option>
          {teams.data.map((team) => (
            <option key={team.id} value={team.id}>
              {team.name}
            </option>
          ))}
        </Select>
      ) : null}
    </div>
  )
}
