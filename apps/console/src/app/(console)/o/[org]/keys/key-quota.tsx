'use client'

import type { BudgetPeriod } from '@tollkeeper/domain/time'
import { useOrg } from '#shell/org-context.tsx'
import { QuotaBar } from '#ui/quota-bar.tsx'
import { RelativeTime } from '#ui/relative-time.tsx'
import type { Quota } from './quota.ts'

export const periodNames: Record<BudgetPeriod, string> = {
  hour: 'Hour',
  day: 'Day',
  week: 'Week',
  month: 'Month',
  all: 'All time',
}

function ResetNote({ at }: { at: Date | null }) {
  const { timeZone } = useOrg()
  if (at === null) return 'never resets'
  return (
    <>
      resets <RelativeTime at={at} zone={timeZone} />
    </>
  )
}

/** A quota as a bar; as words alone where there is none. */
export function KeyQuota({ quota, label }: { quota: Quota | null; label: string }) {
  if (quota === null) return <span className="text-sm text-faint">No quota</span>
  return (
    <QuotaBar
      label={label}
      spent={quota.used}
      held={quota.held}
      limit={quota.limit}
      note={<ResetNote at={quota.resetsAt} />}
    />
  )
}
