'use client'

import { usePathname } from 'next/navigation'
import { useEffect } from 'react'

const everyMs = 10 * 60_000
let last = 0

function prolong(): void {
  if (Date.now() - last < everyMs) return
  last = Date.now()
  void fetch('/api/auth/session').catch(() => {})
}

/** Prolongs the session while somebody uses the console: on moving and coming back, at most every ten minutes. */
export function KeepSession() {
  const pathname = usePathname()
  // oxlint-disable-next-line react/exhaustive-effect-dependencies -- moving to another page is what counts as use
  useEffect(prolong, [pathname])
  useEffect(() => {
    window.addEventListener('focus', prolong)
    return () => window.removeEventListener('focus', prolong)
  }, [])
  return null
}
