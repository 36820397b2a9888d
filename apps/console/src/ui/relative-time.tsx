'use client'

import { useSyncExternalStore } from 'react'
import { dateTimeText, relativeText } from '#ui/time-text.ts'
import { Tooltip } from '#ui/tooltip.tsx'

const step = 30_000
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

/** One clock for all relative times of the page. */
function listen(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    for (const each of listeners) each()
  }, step)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

const nowByStep = () => Math.floor(Date.now() / step) * step

/** The present in ms, in steps of half a minute. Text made of it needs `suppressHydrationWarning`. */
export const useNow = (): number => useSyncExternalStore(listen, nowByStep, nowByStep)

export type RelativeTimeProps = {
  /** Null: it has not happened ("never" or what `absent` says). */
  at: Date | number | null
  /** The organisation's zone, told in the tooltip beside local time and UTC. */
  zone?: string
  absent?: string
}

/** How long ago or in how long; hover or focus tells the instant in the organisation's zone, here and in UTC. */
export function RelativeTime({ at, zone, absent = 'Never' }: RelativeTimeProps) {
  const now = useNow()
  if (at === null) return <span className="text-faint">{absent}</span>
  const atMs = typeof at === 'number' ? at : at.getTime()
  const local = new Intl.DateTimeFormat().resolvedOptions().timeZone
  const zones = [...new Set([...(zone ? [zone] : []), local, 'UTC'])]
  const times = (
    <dl className="grid grid-cols-[auto_auto] gap-x-3 tabular-nums">
      {zones.map((each) => (
        <div key={each} className="contents">
          <dt className="opacity-75">{each}</dt>
          <dd>{dateTimeText(atMs, each)}</dd>
        </div>
      ))}
    </dl>
  )
  return (
    <Tooltip content={times}>
      <time
        tabIndex={0}
        dateTime={new Date(atMs).toISOString()}
        suppressHydrationWarning
        className="whitespace-nowrap rounded-sm"
      >
        {relativeText(atMs, now)}
      </time>
    </Tooltip>
  )
}
