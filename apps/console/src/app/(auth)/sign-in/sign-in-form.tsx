'use client'

import { signIn } from 'next-auth/react'
import { useState, type FormEvent } from 'react'
import { Button } from '#ui/button.tsx'
import { Field } from '#ui/field.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { Input } from '#ui/input.tsx'

const refusedBySso = 'That account has no place here. Ask an administrator to invite its e-mail address.'

/** What next-auth's `error` means to a person. Never says whether the address or the password was wrong. */
function sentenceOf(error: string): string {
  const wait = /^wait:(\d+)$/.exec(error)?.[1]
  if (wait) return `Too many attempts. Please try again in ${Math.ceil(Number(wait) / 60)} minutes.`
  return error === 'CredentialsSignin'
    ? 'The e-mail address or the password is wrong.'
    : 'Signing in did not work. Please try again.'
}

const textOf = (form: FormData, name: string): string => {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}

export function SignInForm({ next, ssoName, refused }: { next: string; ssoName: string | null; refused: boolean }) {
  const [error, setError] = useState<string | undefined>(refused ? refusedBySso : undefined)
  const [busy, setBusy] = useState<'password' | 'sso' | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy('password')
    setError(undefined)
    const answer = await signIn('password', {
      redirect: false,
      email: textOf(form, 'email'),
      password: textOf(form, 'password'),
    })
    // `ok` alone can be true beside an error.
    if (answer?.ok && !answer.error) return window.location.assign(next)
    setError(sentenceOf(answer?.error ?? ''))
    setBusy(null)
  }
  return (
    <div className="flex flex-col gap-5">
      {error ? <InlineError message={error} /> : null}
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Email">
          <Input name="email" type="email" autoComplete="username" required autoFocus />
        </Field>
        <Field label="Password">
          <Input name="password" type="password" autoComplete="current-password" required />
        </Field>
        <Button
          type="submit"
          variant="primary"
          size="lg"
          loading={busy === 'password'}
          disabled={busy !== null}
          className="mt-1 w-full"
        >
          Sign in
        </Button>
      </form>
      {ssoName ? (
        <>
          <p className="flex items-center gap-3 text-sm text-faint before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
            or
          </p>
          <Button
            size="lg"
            className="w-full"
            loading={busy === 'sso'}
            disabled={busy !== null}
            onClick={() => {
              setBusy('sso')
              void signIn('oidc', { callbackUrl: next })
            }}
          >
            Continue with {ssoName}
          </Button>
        </>
      ) : null}
    </div>
  )
}
