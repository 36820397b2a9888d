'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { showInForm, type ApiFailure } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { Input } from '#ui/input.tsx'
import { useRefresh, type Connected } from './connected.ts'
import { credentialInput } from './inputs.ts'
import { useVerify } from './use-verify.ts'

/** Puts another key in the place of the stored one, which cannot be shown. */
export function CredentialDialog({ provider, onClose }: { provider: Connected; onClose: () => void }) {
  const { slug } = useOrg()
  const refresh = useRefresh()
  const verify = useVerify()
  const save = useMutation(useApi().providers.setCredential.mutationOptions())
  const [failure, setFailure] = useState<ApiFailure | undefined>()
  const form = useForm({
    resolver: zodResolver(credentialInput, undefined, { raw: true }),
    defaultValues: { credential: '' },
  })
  const { errors, isSubmitting } = form.formState
  const submit = form.handleSubmit(async (values) => {
    setFailure(undefined)
    try {
      await save.mutateAsync({ org: slug, id: provider.id, ...values })
      await refresh()
      onClose()
      await verify.run(provider.id)
    } catch (error) {
      setFailure(showInForm(form, error))
    }
  })
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Replace credential"
      description={`Of “${provider.name}”. The new one is used from the next request on.`}
      width="sm"
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={isSubmitting}>
            Replace
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {failure ? <InlineError message={failure.message} requestId={failure.requestId} /> : null}
        <Field label="API key" error={errors.credential?.message}>
          <Input type="password" autoFocus autoComplete="off" {...form.register('credential')} />
        </Field>
      </div>
    </Dialog>
  )
}
