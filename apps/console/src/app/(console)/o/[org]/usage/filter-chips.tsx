'use client'

import { X } from 'lucide-react'
import type { Grouping } from './inputs.ts'
import { groupingLabels, groupName } from './labels.ts'

export type Filter = { by: Grouping; id: string; name: string | null }

/** What the page is narrowed to; each can be taken away. */
export function FilterChips({ filters, onRemove }: { filters: readonly Filter[]; onRemove: (by: Grouping) => void }) {
  if (filters.length === 0) return null
  return (
    <ul aria-label="Filters" className="flex flex-wrap gap-2">
      {filters.map((filter) => {
        const label = `${groupingLabels[filter.by]}: ${groupName(filter.by, filter)}`
        return (
          <li
            key={filter.by}
            className="inline-flex h-8 max-w-full items-center gap-1 rounded-full border border-line bg-surface pr-1 pl-3 text-sm"
          >
            <span className="truncate">
              <span className="text-muted">{groupingLabels[filter.by]}:</span> {groupName(filter.by, filter)}
            </span>
            <button
              type="button"
              aria-label={`Remove filter ${label}`}
              onClick={() => onRemove(filter.by)}
              className="inline-flex size-6 shrink-0 items-center justify-center rounded-full text-muted transition-colors hover:bg-hover hover:text-ink"
            >
              <X aria-hidden className="size-3.5" />
            </button>
          </li>
        )
      })}
    </ul>
  )
}
