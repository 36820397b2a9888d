'use client'

import type { ReactNode } from 'react'
import { Select } from '#ui/select.tsx'
import { groupings, type Grouping } from './inputs.ts'
import { groupingLabels } from './labels.ts'
import { RangePicker, type RangePickerProps } from './range-picker.tsx'
import type { UsageSearch } from './search.ts'

const stepLabels: Record<UsageSearch['per'], string> = {
  auto: 'Automatic',
  hour: 'By hour',
  day: 'By day',
  week: 'By week',
  month: 'By month',
}

export type UsageControlsProps = {
  search: UsageSearch
  change: (next: Partial<UsageSearch>) => void
  days: RangePickerProps['days']
}

/** Range, grouping, comparison and length of a bar: all of them live in the URL. */
export function UsageControls({ search, change, days }: UsageControlsProps) {
  return (
    <div className="flex flex-wrap items-center gap-2 max-md:[&>*]:w-full">
      <RangePicker range={search.range} onChange={(range) => change({ range })} days={days} />
      <Labelled text="Group by">
        <Select
          size="sm"
          aria-label="Group by"
          value={search.by}
          onChange={(event) => change({ by: event.target.value as Grouping })}
        >
          {groupings.map((by) => (
            <option key={by} value={by}>
              {groupingLabels[by]}
            </option>
          ))}
        </Select>
      </Labelled>
      <Labelled text="Compare with">
        <Select
          size="sm"
          aria-label="Compare with"
          value={search.compare}
          onChange={(event) => change({ compare: event.target.value as UsageSearch['compare'] })}
        >
          <option value="none">Nothing</option>
          <option value="previous">The days before</option>
        </Select>
      </Labelled>
      <Labelled text="Bars">
        <Select
          size="sm"
          aria-label="Granularity"
          value={search.per}
          onChange={(event) => change({ per: event.target.value as UsageSearch['per'] })}
        >
          {(['auto', 'hour', 'day', 'week', 'month'] as const).map((per) => (
            <option key={per} value={per}>
              {stepLabels[per]}
            </option>
          ))}
        </Select>
      </Labelled>
    </div>
  )
}

const Labelled = ({ text, children }: { text: string; children: ReactNode }) => (
  <div className="flex items-center gap-1.5 max-md:justify-between max-md:[&>:last-child]:w-44">
    <span aria-hidden className="text-sm text-muted">
      {text}
    </span>
    {children}
  </div>
)
