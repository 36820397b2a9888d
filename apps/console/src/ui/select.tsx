'use client'

import { ChevronsUpDown } from 'lucide-react'
import type { ComponentProps } from 'react'
import { classNames } from '#ui/class-names.ts'
import { useField } from '#ui/field.tsx'
import { controlLook } from '#ui/input.tsx'

/** The browser's own select, so that phones show their own list. For many options use Combobox. */
export function Select({
  className,
  size = 'md',
  ...rest
}: Omit<ComponentProps<'select'>, 'size'> & { size?: 'sm' | 'md' }) {
  return (
    <div className={classNames('relative min-w-0', className)}>
      <select
        {...useField()}
        className={classNames(
          controlLook,
          'choice items-center truncate pr-8',
          size === 'sm' ? 'h-8 pl-2.5 text-sm max-md:h-9 max-md:text-base' : null,
        )}
        {...rest}
      />
      <ChevronsUpDown
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-2.5 size-3.5 -translate-y-1/2 text-faint"
      />
    </div>
  )
}
