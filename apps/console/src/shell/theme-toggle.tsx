'use client'

import { Moon, Sun } from 'lucide-react'
import { useTheme } from 'next-themes'
import { IconButton } from '#ui/icon-button.tsx'

/** Switches between light and dark. */
export function ThemeToggle() {
  const { resolvedTheme, setTheme } = useTheme()
  return (
    <IconButton label="Switch theme" onClick={() => setTheme(resolvedTheme === 'dark' ? 'light' : 'dark')}>
      <Sun aria-hidden className="hidden dark:block" />
      <Moon aria-hidden className="dark:hidden" />
    </IconButton>
  )
}
