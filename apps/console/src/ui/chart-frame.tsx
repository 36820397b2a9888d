'use client'

import { ChartColumn, Table2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { classNames } from '#ui/class-names.ts'
import { Skeleton } from '#ui/skeleton.tsx'

export type ChartFrameProps = {
  title: string
  /** The zone whose days the chart shows; printed after the title (console.md 1.5). */
  zone: string
  description?: ReactNode
  actions?: ReactNode
  loading?: boolean
  /** Newer data is under way: the old chart stays, dimmed. */
  stale?: boolean
  /** In the place of the chart when there is nothing to draw. */
  empty?: ReactNode
  /** The same numbers as a table. */
  table: ReactNode
  /** Height of the chart in px; the frame keeps it in every state. */
  height?: number
  children: ReactNode
}

/** Around every chart: title with its zone, loading and empty states of one height, and the switch to a table. */
export function ChartFrame({
  title,
  zone,
  description,
  actions,
  loading = false,
  stale = false,
  empty,
  table,
  height = 280,
  children,
}: ChartFrameProps) {
  const [asTable, setAsTable] = useState(false)
  const drawable = !loading && !empty
  return (
    <Card
      title={title}
      description={
        <>
          {description ? <>{description} · </> : null}
          {zone}
        </>
      }
      actions={
        <>
          {actions}
          {drawable ? (
            <Button
              size="sm"
              variant="ghost"
              icon={asTable ? <ChartColumn aria-hidden /> : <Table2 aria-hidden />}
              onClick={() => setAsTable(!asTable)}
            >
              {asTable ? 'View as chart' : 'View as table'}
            </Button>
          ) : null}
        </>
      }
    >
      {loading ? (
        <div style={{ height }} className="flex items-end gap-2" role="status" aria-label={`Loading ${title}`}>
          {[35, 55, 45, 70, 60, 82, 50, 66, 76, 58, 88, 64].map((percent, index) => (
            <span key={index} className="flex-1" style={{ height: `${percent}%` }}>
              <Skeleton className="h-full" />
            </span>
          ))}
        </div>
      ) : empty ? (
        <div style={{ minHeight: height }} className="flex items-center justify-center">
          {empty}
        </div>
      ) : asTable ? (
        <div style={{ minHeight: height }} className="-mx-5 max-h-[420px] overflow-y-auto">
          {table}
        </div>
      ) : (
        <div style={{ minHeight: height }} className={classNames('transition-opacity', stale ? 'opacity-55' : null)}>
          {children}
        </div>
      )}
    </Card>
  )
}
