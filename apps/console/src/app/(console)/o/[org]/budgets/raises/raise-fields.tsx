'use client'

import type { UseFormReturn } from 'react-hook-form'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import type { RaiseForm } from './inputs.ts'
import type { UntilChoice } from './until-choices.ts'

/** How much, until when and why: the same for asking and for giving. */
export function RaiseFields({ form, choices }: { form: UseFormReturn<RaiseForm>; choices: readonly UntilChoice[] }) {
  const { errors } = form.formState
  return (
    <>
      <Field label="Raise by (USD)" error={errors.amount?.message} required hint="On top of the limit">
        <Input inputMode="decimal" prefix="$" placeholder="25.00" {...form.register('amount')} />
      </Field>
      <Field label="Until" error={errors.until?.message} hint="Then the limit is as before, by itself">
        <Select {...form.register('until')}>
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="Reason" error={errors.reason?.message} required hint="Whoever decides, and the audit log, read it">
        <Input placeholder="Load test for the launch" {...form.register('reason')} />
      </Field>
    </>
  )
}
