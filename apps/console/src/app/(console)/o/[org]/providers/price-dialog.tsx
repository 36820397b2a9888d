'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { showInForm, type ApiFailure } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Checkbox } from '#ui/checkbox.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { Input } from '#ui/input.tsx'
import { toast } from '#ui/toast.tsx'
import { useRefresh, type Connected, type ConnectedModel } from './connected.ts'
import { priceInput } from './inputs.ts'

/** pico-USD per token as somebody would type it per million tokens: "0.15". */
const typed = (rate: bigint | null): string =>
  rate === null ? '' : `${rate / 1_000_000n}.${(rate % 1_000_000n).toString().padStart(6, '0')}`.replace(/\.?0+$/, '')

type Props = {
  provider: Connected
  model: ConnectedModel
  /** `thenPast`: the new price is to be applied to past usage too, after a look at what that changes. */
  onClose: (thenPast: boolean) => void
}

/** Sets the organisation's own price of a model from now on. */
export function PriceDialog({ provider, model, onClose }: Props) {
  const { slug } = useOrg()
  const refresh = useRefresh()
  const save = useMutation(useApi().providers.addPrice.mutationOptions())
  const [failure, setFailure] = useState<ApiFailure | undefined>()
  const [thenPast, setThenPast] = useState(false)
  const form = useForm({
    resolver: zodResolver(priceInput, undefined, { raw: true }),
    defaultValues: {
      input: typed(model.rates?.input ?? null),
      cachedInput: '',
      output: typed(model.rates?.output ?? null),
      reason: '',
    },
  })
  const { errors, isSubmitting } = form.formState
  const submit = form.handleSubmit(async (values) => {
    setFailure(undefined)
    try {
      await save.mutateAsync({ org: slug, id: provider.id, model: model.name, ...values })
      toast.done(`${model.name} has a new price`)
      await refresh()
      onClose(thenPast)
    } catch (error) {
      setFailure(showInForm(form, error))
    }
  })
  return (
    <Dialog
      open
      onOpenChange={() => onClose(false)}
      title={model.rates ? 'Change price' : 'Add price'}
      description={`Of ${model.name} at ${provider.name}, in USD per million tokens. It counts from now on; earlier charges keep theirs, unless you apply it to them.`}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={() => onClose(false)}>Cancel</Button>
          <Button type="submit" variant="primary" loading={isSubmitting}>
            Save price
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {failure ? <InlineError message={failure.message} requestId={failure.requestId} /> : null}
        <div className="grid gap-4 md:grid-cols-3">
          <Field label="Input" error={errors.input?.message}>
            <Input autoFocus inputMode="decimal" prefix="$" placeholder="0.15" {...form.register('input')} />
          </Field>
          <Field label="Cached input" error={errors.cachedInput?.message} hint="Empty: like input">
            <Input inputMode="decimal" prefix="$" {...form.register('cachedInput')} />
          </Field>
          <Field label="Output" error={errors.output?.message}>
            <Input inputMode="decimal" prefix="$" placeholder="0.60" {...form.register('output')} />
          </Field>
        </div>
        <Field label="Reason" error={errors.reason?.message} aside="Optional" hint="Shown in the audit log">
          <Input {...form.register('reason')} />
        </Field>
        <Checkbox
          label="Apply to past usage too"
          hint="Corrects what was charged since a day. You see first what that changes."
          checked={thenPast}
          onCheckedChange={(checked) => setThenPast(checked === true)}
        />
      </div>
    </Dialog>
  )
}
