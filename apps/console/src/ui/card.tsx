import type { ReactNode } from 'react'
import { classNames } from '#ui/class-names.ts'
import { Skeleton } from '#ui/skeleton.tsx'

export type CardProps = {
  title?: string
  description?: ReactNode
  /** At the right of the title. */
  actions?: ReactNode
  /** A line of buttons or notes below the content. */
  footer?: ReactNode
  /** Without padding, for tables. */
  flush?: boolean
  className?: string
  children: ReactNode
}

/** A bordered surface. With a title it is a section with a heading. */
export function Card({ title, description, actions, footer, flush = false, className, children }: CardProps) {
  return (
    <section
      className={classNames('min-w-0 rounded-lg border border-line bg-surface', className)}
      {...(title ? { 'aria-label': title } : {})}
    >
      {title ? (
        <header
          className={classNames(
            'flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-5 pt-4',
            flush ? 'pb-3' : null,
          )}
        >
          <div className="min-w-0 flex-1 basis-44">
            <h2 className="text-base font-semibold tracking-tight">{title}</h2>
            {description ? <p className="mt-0.5 text-sm text-muted">{description}</p> : null}
          </div>
          {actions ? <div className="flex max-w-full flex-wrap items-center gap-2">{actions}</div> : null}
        </header>
      ) : null}
      <div className={flush ? 'overflow-clip rounded-b-[inherit] first:rounded-[inherit]' : 'p-5'}>{children}</div>
      {footer ? (
        <footer className="flex flex-wrap items-center justify-end gap-3 border-t border-line px-5 py-3">
          {footer}
        </footer>
      ) : null}
    </section>
  )
}

export type KpiCardProps = {
  label: string
  /** The number, usually a Money. Undefined while it loads. */
  value: ReactNode | undefined
  /** One line below: a comparison, or what is left out. */
  note?: ReactNode
}

/** One figure that people look at first. */
export function KpiCard({ label, value, note }: KpiCardProps) {
  return (
    <div className="min-w-0 rounded-lg border border-line bg-surface px-5 py-4">
      <p className="text-sm text-muted">{label}</p>
      <p className="mt-1 min-h-8 truncate text-2xl font-semibold tracking-tight tabular-nums">
        {value === undefined ? <Skeleton className="mt-1.5 h-6 w-24" /> : value}
      </p>
      <p className="mt-0.5 min-h-5 text-sm text-muted">
        {value === undefined ? <Skeleton className="mt-1 h-3.5 w-32" /> : note}
      </p>
    </div>
  )
}
