'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { showInForm, type ApiFailure } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { moneyText } from '#ui/money-text.ts'
import { toast } from '#ui/toast.tsx'
import type { Branch, ShownBudget } from '../branches.ts'
import { periodWords, scopeNames } from '../words.ts'
import { raiseForm } from './inputs.ts'
import { RaiseFields } from './raise-fields.tsx'
import { untilChoices } from './until-choices.ts'

export type Raised = { branch: Branch; budget: ShownBudget }

/** Gives a limit more until a time, without a request. */
export function GiveDialog({ branch, budget, onClose }: Raised & { onClose: () => void }) {
  const { slug, timeZone } = useOrg()
  const api = useApi()
  const queries = useQueryClient()
  const give = useMutation(api.raises.give.mutationOptions())
  const [failure, setFailure] = useState<ApiFailure | undefined>()
  const [choices] = useState(() => untilChoices({ zone: timeZone, period: budget.period, now: Date.now() }))
  const form = useForm({
    resolver: zodResolver(raiseForm, undefined, { raw: true }),
    defaultValues: { budget: budget.id, amount: '', until: choices[1]?.value ?? '', reason: '' },
  })
  const submit = form.handleSubmit(async (values) => {
    setFailure(undefined)
    try {
      await give.mutateAsync({ org: slug, ...values, subject: budget.subject })
      await Promise.all([
        queries.invalidateQueries(api.raises.pathFilter()),
        queries.invalidateQueries(api.budgets.pathFilter()),
      ])
      toast.done('Limit raised')
      onClose()
    } catch (error) {
      setFailure(showInForm(form, error))
    }
  })
  const { scope } = branch
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      title="Temporary raise"
      description={`${scopeNames[scope.kind]} ${scope.name}, ${moneyText(budget.limit)} ${periodWords[budget.period]}`}
      width="sm"
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={give.isPending}>
            Raise
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
