'use client'

import { Switch as Radix } from 'radix-ui'
import { useId, type ComponentProps, type ReactNode } from 'react'

type Props = Omit<ComponentProps<typeof Radix.Root>, 'children'> & { label: string; hint?: ReactNode }

/** Something that is on or off. The label names it; the position says which, not the colour alone. */
export function Switch({ label, hint, ...rest }: Props) {
  const id = useId()
  return (
    <div className="flex items-start justify-between gap-4">
      <div className="min-w-0">
        <label htmlFor={id} className="text-sm font-medium">
          {label}
        </label>
        {hint ? (
          <p id={`${id}-hint`} className="text-sm text-muted">
            {hint}
          </p>
        ) : null}
      </div>
      <Radix.Root
        id={id}
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="relative mt-px h-6 w-10 shrink-0 rounded-full bg-control transition-colors disabled:cursor-not-allowed disabled:opacity-50 data-[state=checked]:bg-primary"
        {...rest}
      >
        <Radix.Thumb className="block size-4.5 translate-x-[3px] rounded-full bg-surface shadow-sm transition-transform data-[state=checked]:translate-x-[19px]" />
      </Radix.Root>
    </div>
  )
}
