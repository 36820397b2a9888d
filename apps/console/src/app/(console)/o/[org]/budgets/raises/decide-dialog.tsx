'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { usdText } from '@tollkeeper/domain/price'
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
import { Select } from '#ui/select.tsx'
import { toast } from '#ui/toast.tsx'
import { momentText } from '../words.ts'
import { approveForm, type ApproveForm } from './inputs.ts'
import type { ShownRequest } from './raise-tables.tsx'
import { untilChoices } from './until-choices.ts'

/** Approves a request, in full or in part, or declines it with a reason. */
export function DecideDialog({ request, onClose }: { request: ShownRequest; onClose: () => void }) {
  const { slug, timeZone } = useOrg()
  const api = useApi()
  const queries = useQueryClient()
  const approve = useMutation(api.raises.approve.mutationOptions())
  const decline = useMutation(api.raises.decline.mutationOptions())
  const [failure, setFailure] = useState<ApiFailure | undefined>()
  const [choices] = useState(() => {
    const last = request.until.getTime()
    const period = request.budget?.period ?? 'all'
    const sooner = untilChoices({ zone: timeZone, period, now: Date.now(), last })
    return [{ value: request.until.toISOString(), label: `As asked, until ${momentText(timeZone, last)}` }, ...sooner]
  })
  const form = useForm({
    resolver: zodResolver(approveForm, undefined, { raw: true }),
    defaultValues: {
      amount: usdText(request.amount).replace(/\.?0+$/, ''),
      until: request.until.toISOString(),
      note: '',
    },
  })
  const { errors } = form.formState
  const decide = (work: (values: ApproveForm) => Promise<unknown>, said: string) => async (values: ApproveForm) => {
    setFailure(undefined)
    try {
      await work(values)
      await Promise.all([
        queries.invalidateQueries(api.raises.pathFilter()),
        queries.invalidateQueries(api.budgets.pathFilter()),
      ])
      toast.done(said)
      onClose()
    } catch (error) {
      setFailure(showInForm(form, error))
    }
  }
  const yes = form.handleSubmit(
    decide((values) => approve.mutateAsync({ org: slug, id: request.id, ...values }), 'Raise approved'),
  )
  const no = () =>
    void decide(
      ({ note }) => decline.mutateAsync({ org: slug, id: request.id, note }),
      'Request declined',
    )(form.getValues())
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      title="Decide on a raise"
      description={`${request.requestedBy.name} for ${request.budget?.scope.name ?? 'a limit that is gone'}`}
      width="sm"
      onSubmit={() => void yes()}
      footer={
        <>
          <Button onClick={no} loading={decline.isPending}>
            Decline
          </Button>
          <Button type="submit" variant="primary" loading={approve.isPending}>
            Approve
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <blockquote className="border-l-2 border-line-strong pl-3 text-base">{request.reason}</blockquote>
        <Field label="Raise by (USD)" error={errors.amount?.message} hint="At most what was asked for" required>
          <Input inputMode="decimal" prefix="$" {...form.register('amount')} />
        </Field>
        <Field label="Until" error={errors.until?.message}>
          <Select {...form.register('until')}>
            {choices.map((choice) => (
              <option key={choice.value} value={choice.value}>
                {choice.label}
              </option>
            ))}
          </Select>
        </Field>
        <Field label="Note" error={errors.note?.message} hint="Needed to decline; who asked reads it">
          <Input {...form.register('note')} />
        </Field>
        {failure ? <InlineError message={failure.message} requestId={failure.requestId} /> : null}
      </div>
    </Dialog>
  )
}
