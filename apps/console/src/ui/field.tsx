'use client'

import { CircleAlert } from 'lucide-react'
import { createContext, useContext, useId, type ReactNode } from 'react'
import { classNames } from '#ui/class-names.ts'

type Wiring = {
  id: string
  'aria-describedby': string | undefined
  'aria-invalid': true | undefined
  'aria-required': true | undefined
}

const FieldContext = createContext<Wiring | undefined>(undefined)

/** What a control takes from the Field around it: its id, and what describes it. Empty outside a Field. */
export const useField = (): Partial<Wiring> => useContext(FieldContext) ?? {}

export type FieldProps = {
  /** The accessible name of the control. */
  label: string
  /** Below the control, always visible. */
  hint?: ReactNode
  /** Replaces the hint and marks the control as invalid. */
  error?: string | undefined
  required?: boolean
  /** Shown after the label in grey, such as "Optional". */
  aside?: ReactNode
  className?: string
  children: ReactNode
}

/** A labelled control with its hint and error. The control inside (Input, Select, …) wires itself up. */
export function Field({ label, hint, error, required, aside, className, children }: FieldProps) {
  const id = useId()
  const noteId = `${id}-note`
  const hasNote = error !== undefined || hint !== undefined
  const wiring: Wiring = {
    id,
    'aria-describedby': hasNote ? noteId : undefined,
    'aria-invalid': error === undefined ? undefined : true,
    'aria-required': required ? true : undefined,
  }
  return (
    <div className={classNames('flex min-w-0 flex-col gap-1.5', className)}>
      <div className="flex items-baseline justify-between gap-3">
        <label htmlFor={id} className="text-sm font-medium">
          {label}
        </label>
        {aside ? <span className="text-sm text-faint">{aside}</span> : null}
      </div>
      <FieldContext value={wiring}>{children}</FieldContext>
      {hasNote ? (
        <p
          id={noteId}
          role={error ? 'alert' : undefined}
          className={classNames('flex gap-1.5 text-sm', error ? 'text-danger' : 'text-muted')}
        >
          {error ? <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" /> : null}
          <span>{error ?? hint}</span>
        </p>
      ) : null}
    </div>
  )
}
