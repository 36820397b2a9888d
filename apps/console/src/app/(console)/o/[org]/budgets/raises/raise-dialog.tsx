'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import type { Budget } from '@tollkeeper/domain/budget'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useOrg } from '#shell/org-context.tsx'
import { showInForm, type ApiFailure } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { raiseForm, type RaiseForm } from './inputs.ts'
import { RaiseFields } from './raise-fields.tsx'
import { untilChoices } from './until-choices.ts'

type Props = {
  budget: Pick<Budget, 'id' | 'period'>
  title: string
  description: string
  /** What the button says. */
  action: string
  /** Sends what was typed; rejects with what is to be shown in the form. */
  onSend: (values: RaiseForm) => Promise<unknown>
  onClose: () => void
}

/** How much more on a limit, until when and why: for asking and for giving. */
export function RaiseDialog({ budget, title, description, action, onSend, onClose }: Props) {
  const { timeZone } = useOrg()
  const [failure, setFailure] = useState<ApiFailure | undefined>()
  const [choices] = useState(() => untilChoices({ zone: timeZone, period: budget.period, now: Date.now() }))
  const form = useForm({
    resolver: zodResolver(raiseForm, undefined, { raw: true }),
    defaultValues: { budget: budget.id, amount: '', until: choices[1]?.value ?? '', reason: '' },
  })
  const submit = form.handleSubmit(async (values) => {
    setFailure(undefined)
    try {
      await onSend(values)
      onClose()
    } catch (error) {
      setFailure(showInForm(form, error))
    }
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      title={title}
      description={description}
      width="sm"
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={form.formState.isSubmitting}>
            {action}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <RaiseFields form={form} choices={choices} />
        {failure ? <InlineError message={failure.message} requestId={failure.requestId} /> : null}
      </div>
    </Dialog>
  )
}
