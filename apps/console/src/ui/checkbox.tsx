'use client'

import { Check } from 'lucide-react'
import { Checkbox as Radix } from 'radix-ui'
import { useId, type ComponentProps, type ReactNode } from 'react'

type Props = Omit<ComponentProps<typeof Radix.Root>, 'children'> & { label: string; hint?: ReactNode }

/** A box to tick, with its label beside it and a hint below. */
export function Checkbox({ label, hint, ...rest }: Props) {
  const id = useId()
  return (
    <div className="flex gap-2.5">
      <Radix.Root
        id={id}
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="mt-px flex size-5 shrink-0 items-center justify-center rounded-sm border border-control bg-surface transition-colors hover:border-ink disabled:opacity-50 data-[state=checked]:border-primary data-[state=checked]:bg-primary data-[state=checked]:text-on-primary"
        {...rest}
      >
        <Radix.Indicator>
          <Check aria-hidden className="size-3.5" strokeWidth={3} />
        </Radix.Indicator>
      </Radix.Root>
      <div className="min-w-0">
        <label htmlFor={id} className="text-base">
          {label}
        </label>
        {hint ? (
          <p id={`${id}-hint`} className="text-sm text-muted">
            {hint}
          </p>
        ) : null}
      </div>
    </div>
  )
}
