'use client'

import { useMemo } from 'react'
import { useOrg } from '#shell/org-context.tsx'
import { countText } from '#ui/count-text.ts'
import { axisMoneyText, dollarsForDrawing, moneyText } from '#ui/money-text.ts'
import { StackedBars, type BarDatum } from '#ui/stacked-bars.tsx'
import { slotText } from '../../usage/slot-text.ts'
import type { WhatIfResult } from './told.ts'

type Day = WhatIfResult['days'][number]

const series = [
  { id: 'spent', name: 'Spent under this limit', colour: 'var(--chart-1)' },
  { id: 'not', name: 'Refused', colour: 'var(--warn)' },
] as const

/** Day by day: what would have been spent, and what the refused requests cost then. */
export function WhatIfChart({ days, now }: { days: readonly Day[]; now: number }) {
  const { timeZone } = useOrg()
  const data = useMemo(
    () =>
      days.map((day, i): BarDatum => {
        const slot = { startMs: day.startMs, endMs: days[i + 1]?.startMs ?? now + 1 }
        const { label, title } = slotText(slot, { granularity: 'day', zone: timeZone, now })
        return {
          key: String(day.startMs),
          label,
          title: `${title}: ${countText(day.refused)} of ${countText(day.requests)} refused`,
          values: { spent: dollarsForDrawing(day.spent), not: dollarsForDrawing(day.not) },
          texts: { spent: moneyText(day.spent), not: moneyText(day.not), total: moneyText(day.spent + day.not) },
        }
      }),
    [days, now, timeZone],
  )
  return (
    <div className="min-w-0">
      <h3 className="text-base font-semibold">By day</h3>
      <p className="mb-3 text-sm text-muted">{timeZone}</p>
      <StackedBars label="What if, by day" series={series} data={data} axisText={axisMoneyText} height={180} />
    </div>
  )
}
