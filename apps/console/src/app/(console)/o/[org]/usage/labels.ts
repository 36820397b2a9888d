import type { Grouping, RangePreset } from './inputs.ts'

export const groupingLabels: Record<Grouping, string> = {
  team: 'Team',
  'role-group': 'Role group',
  role: 'Role',
  member: 'Person',
  key: 'Key',
  model: 'Model',
  provider: 'Provider',
}

export const rangeLabels: Record<RangePreset, string> = {
  today: 'Today',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
  month: 'This month',
  'last-month': 'Last month',
}

const without: Record<Grouping, string> = {
  team: 'Unassigned',
  'role-group': 'Unassigned',
  role: 'Unassigned',
  member: 'Unassigned',
  key: 'Unassigned',
  model: 'No model chosen',
  provider: 'No provider chosen',
}

/** What a group is called. An id of '' is traffic of nobody in particular, null everything beyond the first groups. */
export function groupName(by: Grouping, group: { id: string | null; name: string | null }): string {
  if (group.id === null) return 'Other'
  if (group.id === '') return without[by]
  return group.name ?? `Removed ${groupingLabels[by].toLowerCase()}`
}
