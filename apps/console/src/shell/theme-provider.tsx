'use client'

import { ThemeProvider as Themes } from 'next-themes'
import type { ReactNode } from 'react'

/** Light or dark: the system's unless somebody chose. Its small script runs before the first paint, hence no flash. */
export function ThemeProvider({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  return (
    <Themes
      attribute="class"
      defaultTheme="system"
      enableSystem
      disableTransitionOnChange
      {...(nonce ? { nonce } : {})}
    >
      {children}
    </Themes>
  )
}
