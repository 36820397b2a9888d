import { windowOf, type BudgetPeriod, type Instant } from '@tollkeeper/domain/time'
import { momentText } from '../words.ts'

/** An instant to choose, as ISO text, and how it is said. */
export type UntilChoice = { value: string; label: string }

const hourMs = 3_600_000

/** When a raise may end, soonest first: an hour, the day, the window of the limit, a week. In the organisation's zone. */
export function untilChoices(of: { zone: string; period: BudgetPeriod; now: Instant; last?: Instant }): UntilChoice[] {
  const { zone, period, now, last = Number.POSITIVE_INFINITY } = of
  const endOf = (each: BudgetPeriod) => windowOf(each, zone, now).endMs
  const choices: (readonly [string, Instant])[] = [
    ['For an hour', now + hourMs],
    ['For today', endOf('day')],
    ...(period === 'week' || period === 'month'
      ? [[period === 'week' ? 'For this week' : 'For this month', endOf(period)] as const]
      : []),
    ['For 7 days', now + 7 * 24 * hourMs],
  ]
  return choices
    .filter(([, at]) => at > now && at < last)
    .toSorted((a, b) => a[1] - b[1])
    .map(([words, at]) => ({ value: new Date(at).toISOString(), label: `${words}, until ${momentText(zone, at)}` }))
}
