'use client'

import type { BudgetPeriod } from '@tollkeeper/domain/time'
import { QuotaBar } from '#ui/quota-bar.tsx'
import { relativeText } from '#ui/time-text.ts'
import type { Quota } from './quota.ts'

export const periodNames: Record<BudgetPeriod, string> = {
  hour: 'Hour',
  day: 'Day',
  week: 'Week',
  month: 'Month',
  all: 'All time',
}

/** When a budget starts again, as a note beside its bar. */
const resetNote = (resetsAt: Date | null): string =>
  resetsAt === null ? 'never resets' : `resets ${relativeText(resetsAt.getTime(), Date.now())}`

/** A quota as a bar; as words alone where there is none. */
export function KeyQuota({ quota, label }: { quota: Quota | null; label: string }) {
  if (quota === null) return <span className="text-sm text-faint">No quota</span>
  return (
    <QuotaBar label={label} spent={quota.used} held={quota.held} limit={quota.limit} note={resetNote(quota.resetsAt)} />
  )
}
