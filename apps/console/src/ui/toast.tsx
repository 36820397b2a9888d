'use client'

import { useTheme } from 'next-themes'
import { Toaster as Sonner, toast as sonner } from 'sonner'

/** Short confirmations of something that was done. Errors belong beside what failed; never a secret in either. */
export const toast = { done: (text: string) => sonner.success(text), failed: (text: string) => sonner.error(text) }

export function Toaster() {
  const { resolvedTheme } = useTheme()
  return (
    <Sonner
      position="bottom-right"
      theme={resolvedTheme === 'dark' ? 'dark' : 'light'}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'flex w-full items-center gap-2.5 rounded-lg border border-line bg-surface px-4 py-3 font-sans text-base text-ink shadow-float',
          success: '[&_svg]:text-ok',
          error: '[&_svg]:text-danger',
        },
      }}
    />
  )
}
