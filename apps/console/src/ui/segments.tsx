'use client'

import { ToggleGroup } from 'radix-ui'

export type Segment<Value extends string> = { value: Value; label: string }

/** A choice among two to four, all visible: which of them the view beside it shows. */
export function Segments<Value extends string>({
  label,
  segments,
  value,
  onChange,
}: {
  /** Its accessible name. */
  label: string
  segments: readonly Segment<Value>[]
  value: Value
  onChange: (value: Value) => void
}) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      // Pressing the chosen one again gives nothing; it stays chosen.
      onValueChange={(next) => next && onChange(next as Value)}
      className="inline-flex h-8 shrink-0 rounded-md border border-line bg-sunken p-0.5"
    >
      {segments.map((segment) => (
        <ToggleGroup.Item
          key={segment.value}
          value={segment.value}
          className="rounded-[5px] px-2.5 text-sm text-muted transition-colors hover:text-ink data-[state=on]:bg-surface data-[state=on]:font-medium data-[state=on]:text-ink data-[state=on]:shadow-[0_0_0_1px_var(--line)]"
        >
          {segment.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  )
}
