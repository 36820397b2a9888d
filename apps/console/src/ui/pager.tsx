'use client'

import { ChevronLeft, ChevronRight } from 'lucide-react'
import { Button } from '#ui/button.tsx'

export type PagerProps = {
  /** What the pages are of, for its accessible name: "Pages of keys". */
  label: string
  /** Absent at the first and the last page. */
  onPrevious: (() => void) | undefined
  onNext: (() => void) | undefined
}

/** Moves through a list of unknown length. Not there where everything fits on one page. */
export function Pager({ label, onPrevious, onNext }: PagerProps) {
  if (!onPrevious && !onNext) return null
  return (
    <nav aria-label={label} className="flex justify-end gap-2 border-t border-line px-5 py-3">
      <Button size="sm" icon={<ChevronLeft aria-hidden />} disabled={!onPrevious} onClick={onPrevious}>
        Previous
      </Button>
      <Button size="sm" disabled={!onNext} onClick={onNext}>
        Next
        <ChevronRight aria-hidden />
      </Button>
    </nav>
  )
}
