'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useQuery } from '@tanstack/react-query'
import type { Scope } from '@tollkeeper/domain/scope'
import { useState } from 'react'
import { Controller, useForm } from 'react-hook-form'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Combobox } from '#ui/combobox.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { Field } from '#ui/field.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { Input } from '#ui/input.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { Explanation } from './explanation.tsx'
import { explainForm, type ExplainForm, type Subject } from './inputs.ts'

export type ExplainDialogProps = {
  /** Whose limits, where the page says it. */
  subject?: Subject
  /** The scope to choose a key or person from; null: the whole organisation. */
  scope: Scope | null
  /** What it is about, for the head: "Team Research". */
  about: string
  /** The model that was asked for. */
  model?: string
  onClose: () => void
}

/** Chooses a request and shows every limit that it would meet now. */
export function ExplainDialog({ about, onClose, ...rest }: ExplainDialogProps) {
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      width="lg"
      title="Explain limits"
      description={`${about}: which limits a request would meet now, and which of them decides. Nothing is sent or held.`}
    >
      <Choice {...rest} />
    </Dialog>
  )
}

const textOf = (subject: Subject): string => `${subject.kind} ${subject.id}`

function Choice({ subject: given, scope, model }: Omit<ExplainDialogProps, 'about' | 'onClose'>) {
  const { slug } = useOrg()
  const api = useApi()
  const offered = useQuery(api.budgets.explainable.queryOptions({ org: slug, scope }))
  const [chosen, setChosen] = useState<string | null>(null)
  const [asked, setAsked] = useState<{ subject: Subject; form: ExplainForm } | null>(null)
  const form = useForm({
    resolver: zodResolver(explainForm, undefined, { raw: true }),
    defaultValues: { model: model ?? '', inputTokens: '1000', maxOutputTokens: '' },
  })
  const { errors } = form.formState
  if (offered.isError) {
    return <InlineError {...failureOf(offered.error)} onRetry={() => void offered.refetch()} />
  }
  if (!offered.data) return <Skeleton className="h-40 w-full" />
  const { subjects, models, suggested } = offered.data
  const subject = given ?? subjects.find((each) => textOf(each.subject) === chosen)?.subject ?? subjects[0]?.subject
  const submit = form.handleSubmit((values) => {
    if (subject) setAsked({ subject, form: { ...values, model: values.model || (suggested ?? '') } })
  })
  if (!subject || models.length === 0) {
    return (
      <p className="py-6 text-base text-muted">
        {models.length === 0
          ? 'No provider is connected yet, so there is no model to ask about.'
          : 'Nobody is here yet, and there is no key: no request can meet these limits.'}
      </p>
    )
  }
  return (
    <div className="flex min-w-0 flex-col gap-5">
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          event.stopPropagation()
          if (form.getValues('model') === '') form.setValue('model', suggested ?? models[0] ?? '')
          void submit()
        }}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          {given ? null : (
            <Field label="Key or person">
              <Combobox
                choices={subjects.map((each) => ({
                  value: textOf(each.subject),
                  label: each.name,
                  note: each.note,
                }))}
                value={textOf(subject)}
                onChange={setChosen}
                searchLabel="Search keys and people"
              />
            </Field>
          )}
          <Field label="Model" error={errors.model?.message}>
            <Controller
              control={form.control}
              name="model"
              render={({ field }) => (
                <Combobox
                  choices={models.map((name) => ({ value: name, label: name }))}
                  value={field.value || suggested || models[0] || null}
                  onChange={(value) => field.onChange(value ?? '')}
                  searchLabel="Search models"
                />
              )}
            />
          </Field>
          <Field label="Input tokens" error={errors.inputTokens?.message}>
            <Input inputMode="numeric" {...form.register('inputTokens')} />
          </Field>
          <Field label="Max output tokens" aside="Optional" error={errors.maxOutputTokens?.message}>
            <Input inputMode="numeric" placeholder="As without a cap" {...form.register('maxOutputTokens')} />
          </Field>
        </div>
        <div className="flex justify-end">
          <Button type="submit" variant="primary">
            Explain
          </Button>
        </div>
      </form>
      {asked ? <Explanation asked={asked} /> : null}
    </div>
  )
}
