'use client'

import { moneyText } from '#ui/money-text.ts'
import type { ShownBudget } from '../branches.ts'
import { momentText } from '../words.ts'

/** Under a limit, what it is made of while it is more than was set: a raise until a time, or what was carried over. */
export function Added({ budget, zone }: { budget: ShownBudget; zone: string }) {
  const { limit, now } = budget
  const more = now.limit - limit
  if (more === 0n) return null
  return (
    <span className="block text-xs whitespace-nowrap text-muted">
      {moneyText(limit)} + {moneyText(more)}
      {now.raisedUntilMs === null ? ' carried over' : ` until ${momentText(zone, now.raisedUntilMs)}`}
    </span>
  )
}
