import type { ReactNode } from 'react'
import { classNames } from '#ui/class-names.ts'
import { Skeleton } from '#ui/skeleton.tsx'

export type Column<Row> = {
  key: string
  /** Head of the column, and the name of its line on cards. */
  header: string
  cell: (row: Row) => ReactNode
  /** `end` for numbers. */
  align?: 'start' | 'end'
  /** The cell that names the row: row header, and the title of its card. Exactly one column has it. */
  lead?: boolean
  /** A cell with a menu or buttons: its head is only read out. */
  action?: boolean
  /** Any CSS width. */
  width?: string
  className?: string
}

export type TableProps<Row> = {
  /** The accessible name: table "Requests". */
  caption: string
  columns: readonly Column<Row>[]
  /** Undefined while the first rows load: shows skeleton rows. */
  rows: readonly Row[] | undefined
  rowKey: (row: Row) => string
  /** Instead of the table when there is no row. */
  empty?: ReactNode
  /** A last row such as Total, in the same columns. */
  total?: Row
  /** Shown while newer rows load: the old ones stay, dimmed. */
  stale?: boolean
  skeletonRows?: number
  onRow?: (row: Row) => void
  className?: string
}

/**
 * Rows with a sticky header; below 768 px each row is a card. Roles are written out, since `display: block` takes the
 * table's own away.
 */
export function Table<Row>({
  caption,
  columns,
  rows,
  rowKey,
  empty,
  total,
  stale = false,
  skeletonRows = 6,
  onRow,
  className,
}: TableProps<Row>) {
  if (rows?.length === 0 && empty) return <>{empty}</>
  return (
    <div className={classNames('overflow-x-auto xl:overflow-visible', className)}>
      <table
        role="table"
        aria-busy={rows === undefined || stale}
        className="card-table w-full border-separate border-spacing-0 text-base"
      >
        <caption className="sr-only">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th
                key={column.key}
                role="columnheader"
                scope="col"
                style={column.width ? { width: column.width } : undefined}
                className={classNames(
                  'sticky top-0 z-1 h-9 whitespace-nowrap border-b border-line bg-surface px-3 text-left text-sm font-medium text-muted first:pl-5 last:pr-5',
                  column.align === 'end' ? 'text-right' : null,
                )}
              >
                {column.action ? <span className="sr-only">{column.header}</span> : column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" className={classNames('transition-opacity', stale ? 'opacity-55' : null)}>
          {rows
            ? rows.map((row) => <TableRow key={rowKey(row)} columns={columns} row={row} onRow={onRow} />)
            : Array.from({ length: skeletonRows }, (_, index) => <SkeletonRow key={index} columns={columns} />)}
        </tbody>
        {total && rows ? (
          <tfoot role="rowgroup" className="font-medium">
            <TableRow columns={columns} row={total} onRow={undefined} total />
          </tfoot>
        ) : null}
      </table>
    </div>
  )
}

const cellLook = 'h-11 px-3 py-2 align-middle first:pl-5 last:pr-5'

function TableRow<Row>({
  columns,
  row,
  onRow,
  total = false,
}: {
  columns: readonly Column<Row>[]
  row: Row
  onRow: ((row: Row) => void) | undefined
  total?: boolean
}) {
  const line = total ? 'border-t border-line-strong' : 'border-b border-line group-last:border-b-0'
  return (
    <tr
      role="row"
      className={classNames('group', onRow ? 'cursor-pointer hover:bg-hover/50' : null)}
      onClick={
        onRow
          ? (event) => {
              // Links, buttons and selected text inside the row keep their own meaning.
              if ((event.target as HTMLElement).closest('a, button, input, [role="menu"]')) return
              if (window.getSelection()?.toString()) return
              onRow(row)
            }
          : undefined
      }
    >
      {columns.map((column) => {
        const look = classNames(
          cellLook,
          line,
          column.align === 'end' ? 'text-right tabular-nums' : 'text-left',
          column.lead ? 'font-medium' : null,
          column.className,
        )
        const label = column.action || column.lead ? undefined : column.header
        return column.lead ? (
          <th key={column.key} role="rowheader" scope="row" data-lead="true" className={look}>
            {column.cell(row)}
          </th>
        ) : (
          <td
            key={column.key}
            role="cell"
            data-label={label}
            data-lead={column.action ? 'action' : undefined}
            className={look}
          >
            {column.cell(row)}
          </td>
        )
      })}
    </tr>
  )
}

function SkeletonRow<Row>({ columns }: { columns: readonly Column<Row>[] }) {
  return (
    <tr role="row" className="group">
      {columns.map((column) => (
        <td key={column.key} role="cell" className={classNames(cellLook, 'border-b border-line group-last:border-b-0')}>
          <Skeleton className={classNames(column.lead ? 'w-36' : 'w-16', column.align === 'end' ? 'ml-auto' : null)} />
        </td>
      ))}
    </tr>
  )
}
