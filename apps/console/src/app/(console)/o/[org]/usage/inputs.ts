import { keyId, memberId, providerId, roleGroupId, roleId, teamId } from '@tollkeeper/domain/id'
import { z } from 'zod'

export const rangePresets = ['today', '7d', '30d', '90d', 'month', 'last-month'] as const
export type RangePreset = (typeof rangePresets)[number]

/** Calendar days `2026-11-01..2026-11-20`, both included. */
export type CustomRange = `${string}..${string}`
export type RangeText = RangePreset | CustomRange

const mostDays = 1_100
const dayMs = 86_400_000

function isCustomRange(text: string): text is CustomRange {
  if (!/^\d{4}-\d{2}-\d{2}\.\.\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const [from, to] = text.split('..').map((date) => new Date(`${date}T00:00:00Z`))
  if (!from || !to || [from, to].some((date) => Number.isNaN(date.getTime()))) return false
  // 30 February reads as 2 March.
  if (`${from.toISOString().slice(0, 10)}..${to.toISOString().slice(0, 10)}` !== text) return false
  const days = (to.getTime() - from.getTime()) / dayMs
  return days >= 0 && days < mostDays && from.getUTCFullYear() >= 2000
}

export const rangeText = z.union([
  z.enum(rangePresets),
  z.custom<CustomRange>(
    (value) => typeof value === 'string' && isCustomRange(value),
    'Choose a first and a last day, at most three years apart',
  ),
])

export const groupings = ['team', 'role-group', 'role', 'member', 'key', 'model', 'provider'] as const
export type Grouping = (typeof groupings)[number]
export const comparisons = ['none', 'previous'] as const
export const steps = ['auto', 'hour', 'day', 'week', 'month'] as const
export const metrics = ['cost', 'requests', 'tokens'] as const
export type Metric = (typeof metrics)[number]

/** In the place of an id: traffic of nobody in particular. */
export const nobody = 'none'
const orNobody = <T extends z.ZodType>(id: T) => z.union([z.literal(nobody).transform((): '' => ''), id]).nullable()

/** What the page and its export show, as the URL has it; null is no filter. */
export const usageInput = z.object({
  range: rangeText,
  by: z.enum(groupings),
  compare: z.enum(comparisons),
  per: z.enum(steps),
  team: orNobody(teamId),
  'role-group': orNobody(roleGroupId),
  role: orNobody(roleId),
  member: orNobody(memberId),
  key: keyId.nullable(),
  model: z.string().max(256).nullable(),
  provider: orNobody(providerId),
})
export type UsageInput = z.output<typeof usageInput>
