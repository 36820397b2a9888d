'use client'

import { DatabaseZap } from 'lucide-react'
import { useDatabaseAnswers } from '#shell/store-health.ts'

/** While Postgres is away: what is shown may be old and nothing can be changed. Requests do not need it (money.md 4.7). */
export function ReadOnlyBanner() {
  if (useDatabaseAnswers() !== false) return null
  return (
    <div role="alert" className="flex items-start gap-2 border-b border-line bg-warn-soft px-4 py-2 text-base md:px-8">
      <DatabaseZap aria-hidden className="mt-0.5 size-4 shrink-0" />
      <p className="min-w-0 flex-1">
        Read only: the database does not answer. You see what was loaded before; nothing can be changed until it is
        back. Applications are served and budgets hold.
      </p>
    </div>
  )
}
