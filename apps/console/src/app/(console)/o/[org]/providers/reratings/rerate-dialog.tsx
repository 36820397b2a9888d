'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm, useWatch } from 'react-hook-form'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf, showInForm, type ApiFailure } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { Input } from '#ui/input.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { toast } from '#ui/toast.tsx'
import type { Connected, ConnectedModel } from '../connected.ts'
import { previewInput, rerateForm } from './inputs.ts'
import { ReratingPreview } from './rerating-preview.tsx'

type Props = { provider: Connected; model: ConnectedModel; onClose: () => void }

/** Applies the present own price of a model to usage since a day, after showing what that would change. */
export function RerateDialog({ provider, model, onClose }: Props) {
  const { slug, timeZone } = useOrg()
  const api = useApi()
  const queries = useQueryClient()
  const start = useMutation(api.reratings.start.mutationOptions())
  const [failure, setFailure] = useState<ApiFailure | undefined>()
  const form = useForm({
    resolver: zodResolver(rerateForm, undefined, { raw: true }),
    defaultValues: { since: firstOfMonth(timeZone), reason: '' },
  })
  const since = useWatch({ control: form.control, name: 'since' })
  const asked = { id: provider.id, model: model.name }
  const preview = useQuery({
    ...api.reratings.preview.queryOptions({ org: slug, ...asked, since }),
    enabled: previewInput.shape.since.safeParse(since).success,
    placeholderData: keepPreviousData,
    retry: false,
  })
  const { errors, isSubmitting } = form.formState
  const submit = form.handleSubmit(async (values) => {
    setFailure(undefined)
    try {
      await start.mutateAsync({ org: slug, ...asked, ...values })
      toast.done(`The price is being applied to past usage of ${model.name}`)
      await queries.invalidateQueries({ queryKey: api.reratings.pathKey() })
      onClose()
    } catch (error) {
      setFailure(showInForm(form, error))
    }
  })
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="lg"
      title="Apply to past usage"
      description={`The present price of ${model.name} at ${provider.name}, for what it was used for before. Every charge stays in the ledger; the difference is added beside it.`}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            type="submit"
            variant="primary"
            loading={isSubmitting}
            disabled={preview.isFetching || preview.isError || preview.data?.attempts === 0}
          >
            Apply price
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {failure ? <InlineError message={failure.message} requestId={failure.requestId} /> : null}
        <div className="grid gap-4 md:grid-cols-2">
          <Field label="Since" error={errors.since?.message} hint="The beginning of that day">
            <Input type="date" autoFocus {...form.register('since')} />
          </Field>
          <Field label="Reason" error={errors.reason?.message} hint="Kept with every row of the ledger">
            <Input {...form.register('reason')} />
          </Field>
        </div>
        {preview.isError ? (
          <InlineError {...failureOf(preview.error)} />
        ) : preview.data ? (
          <ReratingPreview preview={preview.data} stale={preview.isFetching} />
        ) : (
          <Skeleton className="h-40 w-full rounded-lg" />
        )}
      </div>
    </Dialog>
  )
}

/** The 1st of the present month by the organisation's calendar, as a date field takes it. */
const firstOfMonth = (zone: string): string =>
  `${new Intl.DateTimeFormat('sv-SE', { timeZone: zone, year: 'numeric', month: '2-digit' }).format(Date.now())}-01`
