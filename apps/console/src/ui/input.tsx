'use client'

import type { ComponentProps, ReactNode } from 'react'
import { classNames } from '#ui/class-names.ts'
import { useField } from '#ui/field.tsx'

/** Shared by everything one types or chooses in. */
export const controlLook =
  'h-9 w-full min-w-0 rounded-md border border-control/55 bg-surface px-3 text-base text-ink transition-colors placeholder:text-faint hover:border-control focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 disabled:cursor-not-allowed disabled:bg-sunken disabled:text-muted [input&]:read-only:bg-sunken aria-invalid:border-danger max-md:h-11 max-md:text-lg'

type Props = Omit<ComponentProps<'input'>, 'prefix'> & {
  /** A fixed sign at the start, such as "$". */
  prefix?: ReactNode
  /** A fixed unit at the end, such as "tokens". */
  suffix?: ReactNode
}

/** One line of text. Put it inside a Field, or give it an aria-label. */
export function Input({ className, prefix, suffix, ...rest }: Props) {
  const field = useField()
  const input = (
    <input
      {...field}
      autoComplete="off"
      className={classNames(controlLook, prefix ? 'pl-7' : null, suffix ? 'pr-20' : null, className)}
      {...rest}
    />
  )
  if (!prefix && !suffix) return input
  return (
    <div className="relative">
      {prefix ? (
        <span className="pointer-events-none absolute inset-y-0 left-3 flex items-center text-faint">{prefix}</span>
      ) : null}
      {input}
      {suffix ? (
        <span className="pointer-events-none absolute inset-y-0 right-3 flex items-center text-sm text-faint">
          {suffix}
        </span>
      ) : null}
    </div>
  )
}

/** Several lines of text. */
export function TextArea({ className, ...rest }: ComponentProps<'textarea'>) {
  return <textarea {...useField()} className={classNames(controlLook, 'h-auto min-h-20 py-2', className)} {...rest} />
}
