'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Budget } from '@tollkeeper/domain/budget'
import type { RequestId } from '@tollkeeper/domain/id'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { showInForm, type ApiFailure } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { toast } from '#ui/toast.tsx'
import { periodWords, scopeNames } from '../words.ts'
import { raiseForm } from './inputs.ts'
import { RaiseFields } from './raise-fields.tsx'
import { untilChoices } from './until-choices.ts'

export type AskDialogProps = {
  budget: Pick<Budget, 'id' | 'period' | 'scope'>
  refusedRequest: RequestId | null
  onClose: () => void
}

/** Asks for more on a limit. */
export function AskDialog({ budget, refusedRequest, onClose }: AskDialogProps) {
  const { slug, timeZone } = useOrg()
  const api = useApi()
  const queries = useQueryClient()
  const ask = useMutation(api.raises.ask.mutationOptions())
  const [failure, setFailure] = useState<ApiFailure | undefined>()
  const [choices] = useState(() => untilChoices({ zone: timeZone, period: budget.period, now: Date.now() }))
  const form = useForm({
    resolver: zodResolver(raiseForm, undefined, { raw: true }),
    defaultValues: { budget: budget.id, amount: '', until: choices[1]?.value ?? '', reason: '' },
  })
  const submit = form.handleSubmit(async (values) => {
    setFailure(undefined)
    try {
      await ask.mutateAsync({ org: slug, ...values, refusedRequest })
      await queries.invalidateQueries(api.raises.pathFilter())
      toast.done('Raise requested')
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
      title="Request a raise"
      description={`${scopeNames[budget.scope.kind]} ${budget.scope.name}, limit ${periodWords[budget.period]}`}
      width="sm"
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={ask.isPending}>
            Send request
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
