'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useState, type ReactNode } from 'react'
import { useForm } from 'react-hook-form'
import { showInForm, type ApiFailure } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { Input } from '#ui/input.tsx'
import { useRefresh } from './everything.ts'
import { nameInput } from './inputs.ts'

type Props = {
  title: string
  /** The verb on the button: "Create team". */
  action: string
  name?: string
  /** Further fields. */
  children?: ReactNode
  onSave: (name: string) => Promise<unknown>
  onClose: () => void
}

/** Names something new or something that is there. */
export function NameDialog({ title, action, name = '', children, onSave, onClose }: Props) {
  const refresh = useRefresh()
  const [failure, setFailure] = useState<ApiFailure | undefined>()
  const form = useForm({ resolver: zodResolver(nameInput, undefined, { raw: true }), defaultValues: { name } })
  const { errors, isSubmitting } = form.formState
  const submit = form.handleSubmit(async (values) => {
    setFailure(undefined)
    try {
      await onSave(values.name)
      await refresh()
      onClose()
    } catch (error) {
      setFailure(showInForm(form, error))
    }
  })
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={title}
      width="sm"
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={isSubmitting}>
            {action}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {failure ? <InlineError message={failure.message} requestId={failure.requestId} /> : null}
        <Field label="Name" error={errors.name?.message}>
          <Input autoFocus {...form.register('name')} />
        </Field>
        {children}
      </div>
    </Dialog>
  )
}
