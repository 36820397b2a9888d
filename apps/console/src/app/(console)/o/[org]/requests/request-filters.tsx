'use client'

import { useQuery } from '@tanstack/react-query'
import { Search, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { Button } from '#ui/button.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import type { RequestFilters as Filters } from './filters.ts'
import { requestStates } from './inputs.ts'
import { stateLooks } from './request-state.tsx'

const pauseMs = 250

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
      {filters.key === null ? null : (
        <Button size="sm" icon={<X aria-hidden />} onClick={() => onChange({ key: null })}>
          One key only
        </Button>
      )}
    </div>
  )
}

type TypedProps = {
  label: string
  placeholder: string
  value: string
  onChange: (text: string) => void
  icon?: boolean
}

/** A filter that is typed; passed on after a short pause. */
function TypedFilter({ label, placeholder, value, onChange, icon = false }: TypedProps) {
  const [typed, setTyped] = useState(value)
  // Cleared or changed from elsewhere, such as by going back.
  const [known, setKnown] = useState(value)
  if (value !== known) {
    setKnown(value)
    setTyped(value)
  }
  useEffect(() => {
    if (typed === known) return
    const timer = setTimeout(() => {
      setKnown(typed)
      onChange(typed)
    }, pauseMs)
    return () => clearTimeout(timer)
  })
  return (
    <div className="w-56 max-md:w-full">
      <Input
        type="search"
        aria-label={label}
        placeholder={placeholder}
        {...(icon ? { prefix: <Search aria-hidden className="size-4" />, className: 'pl-9' } : {})}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
    </div>
  )
}
