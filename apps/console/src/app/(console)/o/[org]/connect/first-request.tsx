'use client'

import Link from 'next/link'
import { useEffect, useState } from 'react'
import { paths } from '#paths.ts'
import { classNames } from '#ui/class-names.ts'
import { moneyText } from '#ui/money-text.ts'
import { relativeText } from '#ui/time-text.ts'
import type { LastRequest } from './basics.ts'

const minuteMs = 60_000

/** "2 s ago" within a minute, then as everywhere. Steps every second while that shows. */
function useAgo(at: Date | null): string {
  const [now, setNow] = useState(() => Date.now())
  const atMs = at?.getTime() ?? null
  useEffect(() => {
    if (atMs === null) return
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [atMs])
  if (atMs === null) return ''
  const passed = Math.max(0, now - atMs)
  return passed < minuteMs ? `${Math.floor(passed / 1_000)} s ago` : relativeText(atMs, now)
}

type Props = { sent: boolean; sending: boolean; last: LastRequest | null; slug: string }

/** Whether a request has arrived, told as soon as it is recorded. */
export function FirstRequest({ sent, sending, last, slug }: Props) {
  const ago = useAgo(last?.at ?? null)
  const waiting = sending || last === null
  const good = !waiting && last.status < 400
  return (
    <div
      role="status"
      aria-label="First request"
      className={classNames(
        'flex min-w-0 flex-1 basis-64 gap-2.5 rounded-md border px-3.5 py-1.5 text-base',
        waiting ? 'border-line bg-sunken' : good ? 'border-transparent bg-ok-soft' : 'border-transparent bg-warn-soft',
      )}
    >
      <span aria-hidden className="relative mt-[7px] flex size-2 shrink-0">
        {waiting ? <span className="absolute inset-0 animate-ping rounded-full bg-accent opacity-60" /> : null}
        <span
          className={classNames('relative size-2 rounded-full', waiting ? 'bg-accent' : good ? 'bg-ok' : 'bg-warn')}
        />
      </span>
      {waiting ? (
        <span>{sending || sent ? 'Sent. Waiting for its record…' : 'Waiting for your first request…'}</span>
      ) : (
        <Link href={paths.request(slug, last.id)} className="min-w-0 underline-offset-2 hover:underline">
          <span aria-live="off" suppressHydrationWarning>
            Received {ago}
          </span>{' '}
          — {last.status}, <span className="break-all">{last.model}</span>, {last.tokens.toLocaleString('en-US')}{' '}
          tokens, {moneyText(last.costNano)}
        </Link>
      )}
    </div>
  )
}
