'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation } from '@tanstack/react-query'
import { signIn } from 'next-auth/react'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { paths } from '#paths.ts'
import { useApi } from '#trpc/client.ts'
import { showInForm, type ApiFailure } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Field } from '#ui/field.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { Input } from '#ui/input.tsx'
import { joinInput } from './inputs.ts'

export function JoinForm({ token }: { token: string }) {
  const join = useMutation(useApi().invite.join.mutationOptions())
  const [failure, setFailure] = useState<ApiFailure | undefined>()
  const form = useForm({ resolver: zodResolver(joinInput), defaultValues: { token, name: '', password: '' } })
  const { errors, isSubmitting } = form.formState
  const submit = form.handleSubmit(async (values) => {
    try {
      const { slug, email } = await join.mutateAsync(values)
      const answer = await signIn('password', { redirect: false, email, password: values.password })
      window.location.assign(answer?.ok && !answer.error ? paths.overview(slug) : paths.signIn)
    } catch (error) {
      setFailure(showInForm(form, error))
    }
  })
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      {failure ? <InlineError message={failure.message} requestId={failure.requestId} /> : null}
      <Field label="Name" error={errors.name?.message}>
        <Input autoComplete="name" autoFocus {...form.register('name')} />
      </Field>
      <Field label="Password" hint="At least 12 characters" error={errors.password?.message}>
        <Input type="password" autoComplete="new-password" {...form.register('password')} />
      </Field>
      <Button type="submit" variant="primary" size="lg" loading={isSubmitting} className="mt-1 w-full">
        Join
      </Button>
    </form>
  )
}
