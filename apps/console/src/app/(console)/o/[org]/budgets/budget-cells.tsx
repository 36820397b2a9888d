'use client'

import type { ScopeKind } from '@tollkeeper/domain/scope'
import { useOrg } from '#shell/org-context.tsx'
import { classNames } from '#ui/class-names.ts'
import { dollarsForDrawing, fullMoneyText, moneyText } from '#ui/money-text.ts'
import { useNow } from '#ui/relative-time.tsx'
import type { ShownBudget } from './branches.ts'
import { counterKey } from './counter-key.ts'
import type { LiveNumbers } from './use-tree.ts'
import { Added } from './raises/added.tsx'
import { aheadText, modeNames, momentText, periodNames, sharingNames } from './words.ts'

/** Heads of the columns, in order. */
export const columnNames = [
  'Scope',
  'Limit',
  'Period',
  'Spent',
  'Held now',
  'Left',
  'At the limit',
  'Applies to',
  'Resets',
  'Actions',
] as const
export const numberColumns: ReadonlySet<string> = new Set(['Limit', 'Spent', 'Held now', 'Left'])

export const cellLook = 'h-11 border-b border-line px-2 py-1.5 align-middle first:pl-4 last:pr-3'

/** In the place of figures where nothing is limited. */
export const NoBudgetCells = () => (
  <>
    <td role="gridcell" data-label="Limit" className={classNames(cellLook, 'text-right text-faint')}>
      No limit
    </td>
    {columnNames.slice(2, -1).map((name) => (
      <td key={name} role="gridcell" className={classNames(cellLook, 'max-md:hidden')}>
        <span className="sr-only">None</span>
      </td>
    ))}
  </>
)

/** Amounts tell every digit when pointed at. They are not stops of Tab, of which a tree has enough. */
const Amount = ({ of, className }: { of: bigint; className?: string }) => (
  <span title={fullMoneyText(of)} className={classNames('whitespace-nowrap tabular-nums', className)}>
    {moneyText(of)}
  </span>
)

export type BudgetCellsProps = {
  budget: ShownBudget
  /** What the row is about. */
  of: ScopeKind
  numbers: LiveNumbers
  isLive: boolean
}

/** A limit, where it stands, and its rules. */
export function BudgetCells({ budget, of, numbers, isLive }: BudgetCellsProps) {
  const { timeZone } = useOrg()
  const { period, mode, sharing, from, drift } = budget
  const now = numbers.get(counterKey(budget.id, budget.subject)) ?? budget.standing
  const muted = from ? 'text-muted' : null
  const number = classNames(cellLook, 'text-right', muted)
  const word = classNames(cellLook, 'whitespace-nowrap', muted)
  return (
    <>
      <td role="gridcell" data-label="Limit" className={number}>
        <Amount of={budget.now.limit} />
        <Added budget={budget} zone={timeZone} />
      </td>
      <td role="gridcell" data-label="Period" className={word}>
        {periodNames[period]}
      </td>
      <td role="gridcell" data-label="Spent" className={number}>
        {now ? (
          <span className="flex flex-col items-end gap-0.5 max-md:w-40">
            <Amount of={now.used} />
            <Bar used={now.used} held={now.held} limit={budget.now.limit} />
            {drift ? (
              <span className="text-xs whitespace-nowrap text-danger">ledger {fullMoneyText(drift.ledgerNano)}</span>
            ) : null}
          </span>
        ) : (
          <span className="text-sm text-faint">per person</span>
        )}
      </td>
      <td role="gridcell" data-label="Held now" className={number}>
        {now && isLive ? (
          <Amount of={now.held} className={now.held === 0n ? 'text-faint' : ''} />
        ) : (
          <span className="text-faint">—</span>
        )}
      </td>
      <td role="gridcell" data-label="Left" className={number}>
        {now ? (
          <Left left={budget.now.limit - now.used - now.held} hard={mode === 'hard'} />
        ) : (
          <span className="text-faint">—</span>
        )}
      </td>
      <td role="gridcell" data-label="At the limit" className={word}>
        {modeNames[mode]}
      </td>
      <td role="gridcell" data-label="Applies to" className={word}>
        {from ? (of === 'key' ? 'This key' : 'This person') : sharingNames[sharing]}
      </td>
      <td role="gridcell" data-label="Resets" className={classNames(word, 'text-muted')}>
        {period === 'all' ? 'Never' : <Resets endMs={now?.endMs} zone={timeZone} />}
      </td>
    </>
  )
}

function Resets({ endMs, zone }: { endMs: number | undefined; zone: string }) {
  const now = useNow()
  if (endMs === undefined) return <span className="text-faint">—</span>
  return (
    <span title={`${momentText(zone, endMs)} ${zone}`} suppressHydrationWarning>
      {aheadText(endMs, now)}
    </span>
  )
}

function Left({ left, hard }: { left: bigint; hard: boolean }) {
  if (left > 0n) return <Amount of={left} />
  return (
    <span className={classNames('font-medium whitespace-nowrap', hard ? 'text-danger' : 'text-warn')}>
      {left === 0n || hard ? 'Used up' : `${moneyText(-left)} over`}
    </span>
  )
}

/** Spent and held as parts of the limit, below the amount that says the same. */
function Bar({ used, held, limit }: { used: bigint; held: bigint; limit: bigint }) {
  const whole = dollarsForDrawing(limit)
  const share = (amount: bigint) => (whole > 0 ? Math.min(100, (dollarsForDrawing(amount) / whole) * 100) : 100)
  const spentShare = share(used)
  const tone = used + held >= limit ? 'bg-danger' : (used + held) * 5n >= limit * 4n ? 'bg-warn' : 'bg-bar'
  return (
    <span aria-hidden className="flex h-1 w-20 overflow-hidden rounded-full bg-hover max-md:w-full">
      <span className={tone} style={{ width: `${spentShare}%` }} />
      <span className="bg-bar-held" style={{ width: `${Math.min(100 - spentShare, share(held))}%` }} />
    </span>
  )
}
