'use client'

import { useState } from 'react'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { rangePresets, rangeText, type RangePreset, type RangeText } from './inputs.ts'
import { rangeLabels } from './labels.ts'

const custom = 'custom'

export type RangePickerProps = {
  range: RangeText
  onChange: (range: RangeText) => void
  /** Days of the range as it is now, `2026-11-01`: where choosing own dates begins. */
  days: { first: string; last: string } | undefined
}

/** Days by name or by date. A range takes effect as soon as both of its days make sense. */
export function RangePicker({ range, onChange, days }: RangePickerProps) {
  const named = rangePresets.find((preset) => preset === range)
  const [first = '', last = ''] = named ? [days?.first, days?.last] : range.split('..')
  const [open, setOpen] = useState(named === undefined)
  const [draft, setDraft] = useState<{ first: string; last: string } | undefined>()
  const shown = draft ?? { first, last }
  const change = (next: { first: string; last: string }) => {
    const parsed = rangeText.safeParse(`${next.first}..${next.last}`)
    setDraft(parsed.success ? undefined : next)
    if (parsed.success) onChange(parsed.data)
  }
  const ownDates = open || named === undefined
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-2">
      <Select
        size="sm"
        aria-label="Range"
        value={ownDates ? custom : named}
        onChange={(event) => {
          setDraft(undefined)
          setOpen(event.target.value === custom)
          if (event.target.value !== custom) onChange(event.target.value as RangePreset)
        }}
      >
        {rangePresets.map((preset) => (
          <option key={preset} value={preset}>
            {rangeLabels[preset]}
          </option>
        ))}
        <option value={custom}>Own dates</option>
      </Select>
      {ownDates ? (
        <div className="flex items-center gap-1.5 text-sm text-muted">
          <DateInput label="First day" value={shown.first} onChange={(date) => change({ ...shown, first: date })} />
          –
          <DateInput label="Last day" value={shown.last} onChange={(date) => change({ ...shown, last: date })} />
          {draft ? (
            <span role="alert" className="text-danger">
              The first day must not be after the last
            </span>
          ) : null}
        </div>
      ) : null}
    </div>
  )
}

const DateInput = ({ label, value, onChange }: { label: string; value: string; onChange: (date: string) => void }) => (
  <Input
    type="date"
    aria-label={label}
    value={value}
    min="2000-01-01"
    onChange={(event) => event.target.value && onChange(event.target.value)}
    className="h-8 w-36 px-2 text-sm max-md:h-9 max-md:text-base"
  />
)
