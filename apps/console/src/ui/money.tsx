'use client'

import { classNames } from '#ui/class-names.ts'
import { fullMoneyText, moneyText, type NanoAmount } from '#ui/money-text.ts'
import { Tooltip } from '#ui/tooltip.tsx'

export type MoneyProps = {
  /** nano-USD. Null means that there is no amount ("—"), which is not zero. */
  amount: NanoAmount | null
  /** Without the tooltip, inside links and buttons. */
  plain?: boolean
  className?: string
}

/** An amount of USD by the rules of console.md 1.5; hover or focus tells it to the last nano-dollar. */
export function Money({ amount, plain = false, className }: MoneyProps) {
  if (amount === null) return <span className={classNames('text-faint', className)}>—</span>
  const text = moneyText(amount)
  const full = fullMoneyText(amount)
  const look = classNames('whitespace-nowrap tabular-nums', className)
  if (plain || full === text) return <span className={look}>{text}</span>
  return (
    <Tooltip content={full}>
      <span tabIndex={0} className={classNames(look, 'rounded-sm')}>
        {text}
      </span>
    </Tooltip>
  )
}
