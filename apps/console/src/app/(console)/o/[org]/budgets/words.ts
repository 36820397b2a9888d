import type { BudgetMode, BudgetSharing } from '@tollkeeper/domain/budget'
import type { ScopeKind } from '@tollkeeper/domain/scope'
import { windowOf, type BudgetPeriod, type Instant } from '@tollkeeper/domain/time'

/** How a period is said after an amount: "$5.00 a month". */
export const periodWords: Record<BudgetPeriod, string> = {
  hour: 'an hour',
  day: 'a day',
  week: 'a week',
  month: 'a month',
  all: 'in all',
}

export const periodNames: Record<BudgetPeriod, string> = {
  hour: 'Hour',
  day: 'Day',
  week: 'Week',
  month: 'Month',
  all: 'All time',
}

export const modeNames: Record<BudgetMode, string> = { hard: 'Refuse', soft: 'Warn only' }
export const sharingNames: Record<BudgetSharing, string> = { pool: 'Shared pool', each: 'Each person' }

export const scopeNames: Record<ScopeKind, string> = {
  organisation: 'Organisation',
  team: 'Team',
  'role-group': 'Role group',
  role: 'Role',
  user: 'Person',
  key: 'Key',
}

const minutes = {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
} as const

/** "1 Dec 2026 00:00" in the zone. */
export const momentText = (zone: string, at: Instant): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...minutes }).format(at).replace(',', '')

const ahead = new Intl.RelativeTimeFormat('en', { numeric: 'always', style: 'long' })
const minuteMs = 60_000

/** "in 10 days", "in 6 hours": whole units, so that the last day of a month is not "next month". */
export function aheadText(at: Instant, now: Instant): string {
  const left = Math.max(0, at - now)
  if (left >= 1_440 * minuteMs) return ahead.format(Math.floor(left / (1_440 * minuteMs)), 'day')
  if (left >= 60 * minuteMs) return ahead.format(Math.floor(left / (60 * minuteMs)), 'hour')
  return left >= minuteMs ? ahead.format(Math.floor(left / minuteMs), 'minute') : 'in less than a minute'
}

/** When a period begins anew: "Resets 1 Dec 2026 00:00 Europe/Helsinki, in 10 days". */
export function resetSentence(period: BudgetPeriod, zone: string, now: Instant): string {
  if (period === 'all') return 'Never resets: counts everything ever spent'
  const { endMs } = windowOf(period, zone, now)
  return `Resets ${momentText(zone, endMs)} ${zone}, ${aheadText(endMs, now)}`
}
