'use client'

import {
  ChevronRight,
  EllipsisVertical,
  CircleHelp,
  FlaskConical,
  KeyRound,
  Landmark,
  Pencil,
  UserRound,
  Users,
  UsersRound,
  Wrench,
  type LucideIcon,
} from 'lucide-react'
import type { ScopeKind } from '@tollkeeper/domain/scope'
import type { CSSProperties, KeyboardEvent, ReactNode } from 'react'
import { Button } from '#ui/button.tsx'
import { classNames } from '#ui/class-names.ts'
import { IconButton } from '#ui/icon-button.tsx'
import { Menu, MenuItem } from '#ui/menu.tsx'
import type { Branch, ShownBudget } from './branches.ts'
import { BudgetCells, cellLook, columnNames, NoBudgetCells } from './budget-cells.tsx'
import type { GridRow } from './grid-rows.ts'
import { AskForRaise } from './raises/ask-for-raise.tsx'
import type { LiveNumbers } from './use-tree.ts'

export type RowActions = {
  toggle: (key: string, open: boolean) => void
  edit: (branch: Branch, budget: ShownBudget | null) => void
  raise: (branch: Branch, budget: ShownBudget) => void
  add: (branch: Branch) => void
  remove: (branch: Branch, budget: ShownBudget) => void
  whatIf: (branch: Branch, budget: ShownBudget | null) => void
  explain: (branch: Branch) => void
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
          <span className="block max-w-52 truncate font-medium">{row.branch.scope.name}</span>
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
        <span className="flex items-center justify-end gap-0.5">
          {branch.mayEdit && (own !== null || row.kind === 'scope') ? (
            <>
              <IconButton
                label="Edit limit"
                className="size-7"
                tabIndex={active ? 0 : -1}
                onClick={() => actions.edit(branch, own)}
              >
                <Pencil aria-hidden />
              </IconButton>
              <IconButton
                label="What if"
                className="size-7"
                tabIndex={active ? 0 : -1}
                onClick={() => actions.whatIf(branch, own)}
              >
                <FlaskConical aria-hidden />
              </IconButton>
            </>
          ) : null}
          {row.kind === 'scope' ? (
            <IconButton
              label="Explain"
              className="size-7"
              tabIndex={active ? 0 : -1}
              onClick={() => actions.explain(branch)}
            >
              <CircleHelp aria-hidden />
            </IconButton>
          ) : null}
          {branch.mayEdit && own ? (
            <Menu
              trigger={
                <IconButton label={`More for ${branch.scope.name}`} hint={false} tabIndex={active ? 0 : -1}>
                  <EllipsisVertical aria-hidden />
                </IconButton>
              }
            >
              {own.mode === 'hard' && own.sharing === 'pool' ? (
                <MenuItem onSelect={() => actions.raise(branch, own)}>Temporary raise</MenuItem>
              ) : null}
              <MenuItem onSelect={() => actions.add(branch)}>Add limit</MenuItem>
              <MenuItem danger onSelect={() => actions.remove(branch, own)}>
                Remove limit
              </MenuItem>
            </Menu>
          ) : branch.mayEdit && row.kind === 'scope' ? (
            <span className="w-8 max-md:hidden" />
          ) : null}
          {!branch.mayEdit && budget?.mode === 'hard' ? (
            <AskForRaise scope={budget.from ?? branch.scope} period={budget.period} tabIndex={active ? 0 : -1} />
          ) : null}
        </span>
      </td>
    </>
  )
}
