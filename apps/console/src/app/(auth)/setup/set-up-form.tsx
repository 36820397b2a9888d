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
import { setUpInput } from './inputs.ts'

export function SetUpForm({ token }: { token: string }) {
  const api = useApi()
  const setUp = useMutation(api.setup.complete.mutationOptions())
  const [failure, setFailure] = useState<ApiFailure | undefined>()
  const form = useForm({
    resolver: zodResolver(setUpInput),
    defaultValues: { token, name: '', email: '', password: '' },
  })
  const { errors, isSubmitting } = form.formState
  const submit = form.handleSubmit(async (values) => {
    try {
      await setUp.mutateAsync(values)
    } catch (error) {
      return setFailure(showInForm(form, error))
    }
    const answer = await signIn('password', { redirect: false, email: values.email, password: values.password })
    // The account exists in any case; where signing in fails, the sign-in page says why.
    window.location.assign(answer?.ok && !answer.error ? paths.welcome : paths.signIn)
  })
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      {failure ? <InlineError message={failure.message} requestId={failure.requestId} /> : null}
      <Field label="Name" error={errors.name?.message}>
        <Input autoComplete="name" autoFocus {...form.register('name')} />
      </Field>
      <Field label="Email" error={errors.email?.message}>
        <Input type="email" autoComplete="username" {...form.register('email')} />
      </Field>
      <Field label="Password" hint="At least 12 characters" error={errors.password?.message}>
        <Input type="password" autoComplete="new-password" {...form.register('password')} />
      </Field>
      <Button type="submit" variant="primary" size="lg" loading={isSubmitting} className="mt-1 w-full">
        Create account
      </Button>
    </form>
  )
}
