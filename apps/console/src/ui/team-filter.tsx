'use client'

import { Select } from '#ui/select.tsx'

export type TeamFilterProps = {
  /** Undefined while they load. */
  teams: readonly { id: string; name: string }[] | undefined
  value: string | null
  onChange: (team: string | null) => void
}

/** Narrows a list to one team. Not there for those who see only one. */
export function TeamFilter({ teams, value, onChange }: TeamFilterProps) {
  if (!teams || teams.length < 2) return null
  return (
    <Select
      aria-label="Team"
      className="w-48 max-md:flex-1"
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value || null)}
    >
      <option value="">All teams</option>
      {teams.map((team) => (
        <option key={team.id} value={team.id}>
          {team.name}
        </option>
      ))}
    </Select>
  )
}
