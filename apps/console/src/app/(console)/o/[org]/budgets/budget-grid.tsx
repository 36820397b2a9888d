'use client'

import { useRef, useState, type KeyboardEvent } from 'react'
import { classNames } from '#ui/class-names.ts'
import { Skeleton } from '#ui/skeleton.tsx'
import { columnNames, numberColumns } from './budget-cells.tsx'
import { BudgetRow, type RowActions } from './budget-row.tsx'
import type { GridRow } from './grid-rows.ts'
import type { LiveNumbers } from './use-tree.ts'

export type BudgetGridProps = {
  /** Undefined while the tree loads. */
  rows: readonly GridRow[] | undefined
  numbers: LiveNumbers
  isLive: boolean
  actions: RowActions
}

/**
 * The tree of limits. Arrow keys walk it: up and down, right opens and goes in, left closes and goes out, Enter edits;
 * Tab goes on to the buttons of the row.
 */
export function BudgetGrid({ rows, numbers, isLive, actions }: BudgetGridProps) {
  const body = useRef<HTMLTableSectionElement>(null)
  const [chosen, setChosen] = useState<string | undefined>()
  const active = rows?.some((row) => row.key === chosen) ? chosen : rows?.[0]?.key
  const focus = (row: GridRow | undefined) => {
    if (!row) return
    setChosen(row.key)
    body.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(row.key)}"]`)?.focus()
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTableRowElement>, row: GridRow) => {
    if (!rows || event.target !== event.currentTarget) return
    const at = rows.indexOf(row)
    const moves: Record<string, () => void> = {
      ArrowDown: () => focus(rows[at + 1]),
      ArrowUp: () => focus(rows[at - 1]),
      Home: () => focus(rows[0]),
      End: () => focus(rows.at(-1)),
      ArrowRight: () =>
        row.expanded === false ? actions.toggle(row.key, true) : row.expanded ? focus(rows[at + 1]) : {},
      ArrowLeft: () =>
        row.expanded ? actions.toggle(row.key, false) : focus(rows.find((each) => each.key === row.parent)),
      Enter: () => {
        const editable = (row.kind === 'scope' || row.kind === 'more') && row.branch.mayEdit
        if (editable && !row.budget?.from) actions.edit(row.branch, row.budget)
      },
    }
    const move = moves[event.key]
    if (!move) return
    event.preventDefault()
    move()
  }
  return (
    <div className="overflow-x-auto">
      <table
        // A table whose rows can be walked and opened: HTML has no element of its own for it.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role
        role="treegrid"
        aria-label="Budgets"
        aria-busy={rows === undefined}
        className="card-table w-full border-separate border-spacing-0 text-base"
      >
        <thead role="rowgroup">
          <tr role="row">
            {columnNames.map((name) => (
              <th
                key={name}
                role="columnheader"
                scope="col"
                className={classNames(
                  'h-9 border-b border-line px-2 text-left text-sm font-medium whitespace-nowrap text-muted first:pl-4 last:pr-3',
                  numberColumns.has(name) ? 'text-right' : null,
                )}
              >
                {name === 'Actions' ? <span className="sr-only">{name}</span> : name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" ref={body} className="[&>tr:last-child>*]:border-b-0">
          {rows
            ? rows.map((row) => (
                <BudgetRow
                  key={row.key}
                  row={row}
                  numbers={numbers}
                  isLive={isLive}
                  active={row.key === active}
                  onFocus={() => setChosen(row.key)}
                  onKeyDown={(event) => onKeyDown(event, row)}
                  actions={actions}
                />
              ))
            : [1, 2, 3, 4, 5, 6].map((each) => <SkeletonRow key={each} />)}
        </tbody>
      </table>
    </div>
  )
}

const SkeletonRow = () => (
  <tr role="row">
    {columnNames.map((name) => (
      <td key={name} role="gridcell" className="h-11 border-b border-line px-2 first:pl-4 last:pr-3">
        <Skeleton
          className={classNames(name === 'Scope' ? 'w-40' : 'w-14', numberColumns.has(name) ? 'ml-auto' : null)}
        />
      </td>
    ))}
  </tr>
)
