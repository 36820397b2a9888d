'use client'

import { useEffect, useState } from 'react'

/** Seconds until an instant of this browser's clock, counted down; then that it is now. */
export function Countdown({ untilMs }: { untilMs: number }) {
  const [now, setNow] = useState(untilMs)
  useEffect(() => {
    const look = () => setNow(Date.now())
    look()
    const timer = setInterval(look, 1_000)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.max(0, Math.ceil((untilMs - now) / 1_000))
  return <span className="tabular-nums">{seconds === 0 ? 'With the next request' : `In ${seconds} s`}</span>
}
