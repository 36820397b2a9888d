'use client'

import type { ReactNode } from 'react'
import { classNames } from '#ui/class-names.ts'
import { dollarsForDrawing, moneyText, type NanoAmount } from '#ui/money-text.ts'

export type QuotaBarProps = {
  spent: NanoAmount
  /** Reserved for requests that are running now. */
  held?: NanoAmount
  /** Null: no limit; then only the amount is told. */
  limit: NanoAmount | null
  /** What it is the quota of, for its accessible name. */
  label: string
  /** After the amounts, such as "resets in 9 days". */
  note?: ReactNode
  className?: string
}

/** How much of a limit is spent and held, as words and as a bar. From 80 % on it warns, from 100 % on it is red. */
export function QuotaBar({ spent, held = 0n, limit, label, note, className }: QuotaBarProps) {
  const heldSome = BigInt(held) > 0n
  if (limit === null) {
    return (
      <p className={classNames('text-sm tabular-nums', className)}>
        {moneyText(spent)} <span className="text-faint">no limit</span>
      </p>
    )
  }
  const total = dollarsForDrawing(limit)
  const share = (amount: NanoAmount) =>
    total > 0 ? Math.min(100, Math.max(0, (dollarsForDrawing(amount) / total) * 100)) : 100
  const spentShare = share(spent)
  const heldShare = Math.min(100 - spentShare, share(held))
  const full = BigInt(spent) + BigInt(held) >= BigInt(limit)
  const near = !full && spentShare + heldShare >= 80
  const words = `${moneyText(spent)} of ${moneyText(limit)}${heldSome ? `, ${moneyText(held)} held` : ''}`
  return (
    <div className={classNames('w-full min-w-32', className)}>
      <p className="flex flex-wrap justify-between gap-x-3 text-sm tabular-nums">
        <span>
          <span className={full ? 'font-medium text-danger' : near ? 'font-medium text-warn' : ''}>
            {moneyText(spent)}
          </span>
          <span className="text-faint"> / {moneyText(limit)}</span>
        </span>
        {heldSome ? (
          <span className="text-faint">{moneyText(held)} held</span>
        ) : note ? (
          <span className="text-faint">{note}</span>
        ) : null}
      </p>
      <div
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(spentShare + heldShare)}
        aria-valuetext={words}
        className="mt-1 flex h-1.5 overflow-hidden rounded-full bg-hover"
      >
        <div className={full ? 'bg-danger' : near ? 'bg-warn' : 'bg-bar'} style={{ width: `${spentShare}%` }} />
        <div className="bg-bar-held" style={{ width: `${heldShare}%` }} />
      </div>
    </div>
  )
}
