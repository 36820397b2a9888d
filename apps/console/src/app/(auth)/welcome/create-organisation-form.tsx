'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Controller, useForm } from 'react-hook-form'
import { paths } from '#paths.ts'
import { timeZoneChoices } from '#shell/time-zones.ts'
import { useApi } from '#trpc/client.ts'
import { showInForm, type ApiFailure } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Combobox } from '#ui/combobox.tsx'
import { Field } from '#ui/field.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { Input } from '#ui/input.tsx'
import { createOrganisationInput } from './inputs.ts'

export function CreateOrganisationForm() {
  const api = useApi()
  const create = useMutation(api.welcome.createOrganisation.mutationOptions())
  const [failure, setFailure] = useState<ApiFailure | undefined>()
  const form = useForm({ resolver: zodResolver(createOrganisationInput), defaultValues: { name: '', timeZone: 'UTC' } })
  const { errors, isSubmitting } = form.formState
  // The server does not know the browser's zone.
  useEffect(() => form.setValue('timeZone', Intl.DateTimeFormat().resolvedOptions().timeZone), [form])
  const submit = form.handleSubmit(async (values) => {
    try {
      const made = await create.mutateAsync(values)
      window.location.assign(paths.overview(made.slug))
      // Keeps the button busy until the next page is there.
      await new Promise(() => {})
    } catch (error) {
      setFailure(showInForm(form, error))
    }
  })
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      {failure ? <InlineError message={failure.message} requestId={failure.requestId} /> : null}
      <Field label="Name" error={errors.name?.message} hint="Such as the name of your company">
        <Input autoComplete="organization" autoFocus {...form.register('name')} />
      </Field>
      <Field label="Time zone" error={errors.timeZone?.message} hint="Days, budgets and charts follow it">
        <Controller
          control={form.control}
          name="timeZone"
          render={({ field }) => (
            <Combobox
              choices={timeZoneChoices()}
              value={field.value}
              onChange={(value) => field.onChange(value ?? 'UTC')}
              searchLabel="Search time zones"
            />
          )}
        />
      </Field>
      <Button type="submit" variant="primary" size="lg" loading={isSubmitting} className="mt-1 w-full">
        Create organisation
      </Button>
    </form>
  )
}
