'use client'

import {
  ChevronRight,
  EllipsisVertical,
  KeyRound,
  Landmark,
  UserRound,
  Users,
  UsersRound,
  Wrench,
  type LucideIcon,
} from 'lucide-react'
import type { ScopeKind } from '@tollkeeper/domain/scope'
import type { CSSProperties, KeyboardEvent, ReactNode } from 'react'
import { useOrg } from '#shell/org-context.tsx'
import { Button } from '#ui/button.tsx'
import { classNames } from '#ui/class-names.ts'
import { IconButton } from '#ui/icon-button.tsx'
import { Menu, MenuItem } from '#ui/menu.tsx'
import { dollarsForDrawing, fullMoneyText, moneyText } from '#ui/money-text.ts'
import { useNow } from '#ui/relative-time.tsx'
import type { Branch, ShownBudget } from './branches.ts'
import { counterKey } from './counter-key.ts'
import type { GridRow } from './grid-rows.ts'
import type { LiveNumbers } from './use-tree.ts'
import { aheadText, modeNames, momentText, periodNames, sharingNames } from './words.ts'

export type RowActions = {
  toggle: (key: string, open: boolean) => void
  edit: (branch: Branch, budget: ShownBudget | null) => void
  add: (branch: Branch) => void
  remove: (branch: Branch, budget: ShownBudget) => void
}

export type BudgetRowProps = {
  row: GridRow
  numbers: LiveNumbers
  isLive: boolean
  /** The one row that Tab reaches; its buttons are in the order of Tab, those of other rows are not. */
  active: boolean
  onFocus: () => void
  onKeyDown: (event: KeyboardEvent<HTMLTableRowElement>) => void
  actions: RowActions
}

const icons: Record<ScopeKind, LucideIcon> = {
  organisation: Landmark,
  team: Users,
  'role-group': UsersRound,
  role: Wrench,
  user: UserRound,
  key: KeyRound,
}

const cellLook = 'h-11 border-b border-line px-2 py-1.5 align-middle first:pl-4 last:pr-3'

export function BudgetRow({ row, numbers, isLive, active, onFocus, onKeyDown, actions }: BudgetRowProps) {
  return (
    <tr
      role="row"
      data-key={row.key}
      aria-level={row.level}
      aria-posinset={row.place.at}
      aria-setsize={row.place.of}
      aria-expanded={row.expanded}
      tabIndex={active ? 0 : -1}
      onFocus={onFocus}
      onKeyDown={onKeyDown}
      className="group hover:bg-hover/50 focus-visible:bg-hover/50 focus-visible:outline-offset-[-2px]"
    >
      <NameCell row={row} toggle={actions.toggle} />
      {row.kind === 'scope' || row.kind === 'more' ? (
        <Figures row={row} numbers={numbers} isLive={isLive} active={active} actions={actions} />
      ) : (
        <td role="gridcell" colSpan={columnNames.length - 1} className={classNames(cellLook, 'max-md:hidden')}>
          <span className="sr-only">No figures</span>
        </td>
      )}
    </tr>
  )
}

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

function NameCell({ row, toggle }: { row: GridRow; toggle: RowActions['toggle'] }) {
  const style = { '--indent': row.level - 1 } as CSSProperties
  const Icon = row.kind === 'scope' ? icons[row.branch.scope.kind] : undefined
  return (
    <th role="rowheader" scope="row" data-lead="true" className={classNames(cellLook, 'text-left font-normal')}>
      <span
        style={style}
        className="ml-[calc(var(--indent)*20px)] flex min-w-0 items-center gap-1.5 max-md:ml-[calc(var(--indent)*12px)]"
      >
        {row.expanded === undefined ? (
          <span className="size-6 shrink-0" />
        ) : (
          <button
            type="button"
            tabIndex={-1}
            aria-label={row.expanded ? 'Close' : 'Open'}
            onClick={() => toggle(row.key, !row.expanded)}
            className="flex size-6 shrink-0 items-center justify-center rounded-sm text-muted hover:bg-hover hover:text-ink"
          >
            <ChevronRight
              aria-hidden
              className={classNames('size-4 transition-transform', row.expanded ? 'rotate-90' : null)}
            />
          </button>
        )}
        {Icon ? <Icon aria-hidden className="size-4 shrink-0 text-faint" /> : null}
        <NameText row={row} />
      </span>
    </th>
  )
}

function NameText({ row }: { row: GridRow }): ReactNode {
  switch (row.kind) {
    case 'scope':
      return (
        <span className="min-w-0">
          <span className="block max-w-64 truncate font-medium">{row.branch.scope.name}</span>
          {row.branch.note ? <span className="block truncate text-sm text-muted">{row.branch.note}</span> : null}
          {row.budget?.from ? <From from={row.budget.from} /> : null}
        </span>
      )
    case 'more':
      return (
        <span className="min-w-0 pl-5.5 text-sm text-muted">
          <span className="sr-only max-md:not-sr-only">{row.branch.scope.name}: </span>
          {row.budget.from ? <From from={row.budget.from} /> : 'also'}
        </span>
      )
    case 'heading':
      return <span className="font-medium whitespace-nowrap">{row.text}</span>
    case 'note':
      return (
        <span className="text-sm text-muted">
          {row.text}
          {row.failed ? (
            <Button size="sm" variant="ghost" onClick={row.failed}>
              Retry
            </Button>
          ) : null}
        </span>
      )
  }
}

const From = ({ from }: { from: NonNullable<ShownBudget['from']> }) => (
  <span className="block truncate text-sm text-muted">from {from.name}, for each person</span>
)

type FiguresProps = Pick<BudgetRowProps, 'numbers' | 'isLive' | 'active' | 'actions'> & {
  row: Extract<GridRow, { kind: 'scope' | 'more' }>
}

function Figures({ row, numbers, isLive, active, actions }: FiguresProps) {
  const { branch, budget } = row
  const cells = budget ? (
    <BudgetCells budget={budget} of={branch.scope.kind} numbers={numbers} isLive={isLive} />
  ) : (
    <NoBudgetCells />
  )
  const own = budget?.from === null ? budget : null
  return (
    <>
      {cells}
      <td
        role="gridcell"
        data-lead="action"
        // In sight however narrow the window is.
        className={classNames(cellLook, 'md:sticky md:right-0 md:bg-surface')}
      >
        {branch.mayEdit && (own !== null || row.kind === 'scope') ? (
          <span className="flex justify-end gap-1">
            <Button size="sm" variant="ghost" tabIndex={active ? 0 : -1} onClick={() => actions.edit(branch, own)}>
              Edit limit
            </Button>
            {own ? (
              <Menu
                trigger={
                  <IconButton label={`More for ${branch.scope.name}`} hint={false} tabIndex={active ? 0 : -1}>
                    <EllipsisVertical aria-hidden />
                  </IconButton>
                }
              >
                <MenuItem onSelect={() => actions.add(branch)}>Add limit</MenuItem>
                <MenuItem danger onSelect={() => actions.remove(branch, own)}>
                  Remove limit
                </MenuItem>
              </Menu>
            ) : (
              <span className="w-8 max-md:hidden" />
            )}
          </span>
        ) : null}
      </td>
    </>
  )
}

const NoBudgetCells = () => (
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

type CellsProps = Pick<BudgetRowProps, 'numbers' | 'isLive'> & { budget: ShownBudget; of: ScopeKind }

function BudgetCells({ budget, of, numbers, isLive }: CellsProps) {
  const { timeZone } = useOrg()
  const { limit, period, mode, sharing, from, drift } = budget
  const now = numbers.get(counterKey(budget.id, budget.subject)) ?? budget.standing
  const muted = from ? 'text-muted' : null
  const number = classNames(cellLook, 'text-right', muted)
  const word = classNames(cellLook, 'whitespace-nowrap', muted)
  return (
    <>
      <td role="gridcell" data-label="Limit" className={number}>
        <Amount of={limit} />
      </td>
      <td role="gridcell" data-label="Period" className={word}>
        {periodNames[period]}
      </td>
      <td role="gridcell" data-label="Spent" className={number}>
        {now ? (
          <span className="flex flex-col items-end gap-0.5 max-md:w-40">
            <Amount of={now.used} />
            <Bar used={now.used} held={now.held} limit={limit} />
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
          <Left left={limit - now.used - now.held} hard={mode === 'hard'} />
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
