'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { inferRouterOutputs } from '@trpc/server'
import type { Scope } from '@tollkeeper/domain/scope'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import type { AppRouter } from '#server/router.ts'
import { useOrg } from '#shell/org-context.tsx'
import { useApi } from '#trpc/client.ts'
import { failureOf, showInForm, type ApiFailure } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Field } from '#ui/field.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { Input } from '#ui/input.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { toast } from '#ui/toast.tsx'
import { ratesForm, type RatesForm } from './inputs.ts'

type Rates = inferRouterOutputs<AppRouter>['budgets']['rates']

/** How many requests and tokens a scope may use in a time. */
export function RateFields({ scope, onDone }: { scope: Scope; onDone: () => void }) {
  const { slug } = useOrg()
  const asked = { org: slug, scope: { kind: scope.kind, id: scope.id } }
  const rates = useQuery({ ...useApi().budgets.rates.queryOptions(asked), staleTime: 0 })
  if (rates.isError) return <InlineError {...failureOf(rates.error)} onRetry={() => void rates.refetch()} />
  if (!rates.data || rates.isFetching) {
    return (
      <div className="grid gap-4 md:grid-cols-2">
        {[1, 2, 3, 4, 5, 6, 7, 8].map((each) => (
          <Skeleton key={each} className="h-14" />
        ))}
      </div>
    )
  }
  return <RatesEditor asked={asked} rates={rates.data} onDone={onDone} />
}

const textOf = (value: number | null | undefined): string =>
  value === null || value === undefined ? '' : String(value)

const formOf = (rates: Rates): RatesForm => ({
  requestsPerMinute: textOf(rates.requestsPerMinute),
  requestsPerHour: textOf(rates.requestsPerHour),
  tokensPerMinute: textOf(rates.tokensPerMinute),
  tokensPerHour: textOf(rates.tokensPerHour),
  bucketCapacity: textOf(rates.bucket?.capacity),
  bucketRefillPerSecond: textOf(rates.bucket?.refillPerSecond),
  runningStreams: textOf(rates.concurrency?.streams),
  runningWhole: textOf(rates.concurrency?.whole),
})

const fields = [
  ['requestsPerMinute', 'Requests per minute', undefined],
  ['requestsPerHour', 'Requests per hour', undefined],
  ['tokensPerMinute', 'Tokens per minute', 'Input and output together'],
  ['tokensPerHour', 'Tokens per hour', 'Input and output together'],
  ['bucketCapacity', 'Bucket capacity (tokens)', 'What may be used at once after a rest'],
  ['bucketRefillPerSecond', 'Refill per second (tokens)', 'How fast the bucket fills again'],
  ['runningStreams', 'Streams at a time', 'One more waits for a moment, then is told to come back'],
  ['runningWhole', 'Whole answers at a time', 'Requests that do not stream'],
] as const

function RatesEditor({
  asked,
  rates,
  onDone,
}: {
  asked: { org: string; scope: Scope }
  rates: Rates
  onDone: () => void
}) {
  const api = useApi()
  const queries = useQueryClient()
  const set = useMutation(api.budgets.setRates.mutationOptions())
  const [failure, setFailure] = useState<ApiFailure | undefined>()
  const form = useForm({ resolver: zodResolver(ratesForm, undefined, { raw: true }), defaultValues: formOf(rates) })
  const { errors, isDirty, isSubmitting } = form.formState
  const submit = form.handleSubmit(async (values) => {
    setFailure(undefined)
    try {
      await set.mutateAsync({ ...asked, ...values })
      await queries.invalidateQueries(api.budgets.rates.queryFilter(asked))
      toast.done('Rate limits saved')
      onDone()
    } catch (error) {
      setFailure(showInForm(form, error))
    }
  })
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.stopPropagation()
        void submit(event)
      }}
    >
      <p className="text-sm text-muted">For all requests of this scope together. An empty field is no limit.</p>
      <div className="grid gap-4 md:grid-cols-2">
        {fields.map(([name, label, hint]) => (
          <Field key={name} label={label} error={errors[name]?.message} {...(hint ? { hint } : {})}>
            <Input inputMode="decimal" placeholder="No limit" {...form.register(name)} />
          </Field>
        ))}
      </div>
      {failure ? <InlineError message={failure.message} requestId={failure.requestId} /> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" variant="primary" disabled={!isDirty} loading={isSubmitting}>
          Save
        </Button>
      </div>
    </form>
  )
}
