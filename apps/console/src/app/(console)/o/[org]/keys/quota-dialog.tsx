'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation } from '@tanstack/react-query'
import { parseUsd, usdText } from '@tollkeeper/domain/price'
import { budgetPeriods } from '@tollkeeper/domain/time'
import { useState } from 'react'
import { useForm, useWatch } from 'react-hook-form'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { showInForm, type ApiFailure } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { Input } from '#ui/input.tsx'
import { moneyText } from '#ui/money-text.ts'
import { Select } from '#ui/select.tsx'
import { quotaInput } from './inputs.ts'
import { periodNames } from './key-quota.tsx'
import type { ManagedKey } from './key-menu.tsx'

type Props = { apiKey: ManagedKey; onClose: () => void; onDone: () => Promise<void> }

/** Changes how much a key may spend. What it spent so far keeps counting. */
export function QuotaDialog({ apiKey: key, onClose, onDone }: Props) {
  const { slug } = useOrg()
  const [now] = key.quotas
  const save = useMutation(useApi().keys.setQuota.mutationOptions())
  const [failure, setFailure] = useState<ApiFailure | undefined>()
  const form = useForm({
    resolver: zodResolver(quotaInput, undefined, { raw: true }),
    defaultValues: { quota: now ? typedText(now.limit) : '', period: now?.period ?? ('month' as const) },
  })
  const { errors, isSubmitting } = form.formState
  const [quota, period] = useWatch({ control: form.control, name: ['quota', 'period'] })
  const wanted = parseUsd(quota.trim())
  const spent = now && period === now.period ? now.used + now.held : 0n
  const submit = form.handleSubmit(async (values) => {
    setFailure(undefined)
    try {
      await save.mutateAsync({ org: slug, id: key.id, ...values })
      await onDone()
    } catch (error) {
      setFailure(showInForm(form, error))
    }
  })
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Edit quota"
      description={`Of “${key.name}”`}
      width="sm"
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={isSubmitting}>
            Save
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {failure ? <InlineError message={failure.message} requestId={failure.requestId} /> : null}
        <div className="grid grid-cols-[minmax(0,1fr)_140px] gap-3">
          <Field label="Quota (USD)" error={errors.quota?.message} hint="Empty: no quota of its own">
            <Input autoFocus inputMode="decimal" prefix="$" placeholder="No quota" {...form.register('quota')} />
          </Field>
          <Field label="Period" error={errors.period?.message}>
            <Select {...form.register('period')}>
              {budgetPeriods.map((each) => (
                <option key={each} value={each}>
                  {periodNames[each]}
                </option>
              ))}
            </Select>
          </Field>
        </div>
        {wanted !== undefined && spent > 0n && wanted <= spent ? (
          <p role="status" className="rounded-lg bg-warn-soft px-3.5 py-2.5 text-base">
            {moneyText(spent)} is spent or held already, so its requests are refused from now on until the quota resets.
          </p>
        ) : null}
      </div>
    </Dialog>
  )
}

/** As somebody would type it: "5", "0.25". */
const typedText = (nano: bigint): string => usdText(nano).replace(/\.?0+$/, '')
