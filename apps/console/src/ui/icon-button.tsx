'use client'

import type { ComponentProps, ReactNode } from 'react'
import { classNames } from '#ui/class-names.ts'
import { Tooltip } from '#ui/tooltip.tsx'

/** A button that shows only an icon; `label` is its name and its hint. */
export function IconButton({
  label,
  children,
  className,
  hint = true,
  ...rest
}: ComponentProps<'button'> & { label: string; children: ReactNode; hint?: boolean }) {
  const button = (
    <button
      type="button"
      aria-label={label}
      className={classNames(
        'inline-flex size-8 shrink-0 items-center justify-center rounded-md text-muted transition-colors enabled:hover:bg-hover enabled:hover:text-ink disabled:opacity-50 [&_svg]:size-4',
        className,
      )}
      {...rest}
    >
      {children}
    </button>
  )
  return hint ? <Tooltip content={label}>{button}</Tooltip> : button
}
