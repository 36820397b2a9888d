'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { inferRouterOutputs } from '@trpc/server'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Controller, useForm } from 'react-hook-form'
import type { AppRouter } from '#server/router.ts'
import { useOrg } from '#shell/org-context.tsx'
import { timeZoneChoices } from '#shell/time-zones.ts'
import { useApi } from '#trpc/client.ts'
import { showInForm, type ApiFailure } from '#trpc/failed.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Combobox } from '#ui/combobox.tsx'
import { Field } from '#ui/field.tsx'
import { InlineError } from '#ui/inline-error.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { Switch } from '#ui/switch.tsx'
import { toast } from '#ui/toast.tsx'
import { settingsInput, type SettingsForm } from './inputs.ts'

type SettingsValues = inferRouterOutputs<AppRouter>['settings']['read']

const textOf = (count: number | null): string => (count === null ? '' : String(count))

const formOf = (settings: SettingsValues): SettingsForm => ({
  ...settings,
  moneyRefusalStatus: settings.moneyRefusalStatus === 429 ? '429' : '402',
  defaultMaxOutputTokens: textOf(settings.defaultMaxOutputTokens),
  requestsPerMinute: textOf(settings.requestsPerMinute),
  requestsPerHour: textOf(settings.requestsPerHour),
  tokensPerMinute: textOf(settings.tokensPerMinute),
  tokensPerHour: textOf(settings.tokensPerHour),
})

export function SettingsEditor({ settings, editable }: { settings: SettingsValues; editable: boolean }) {
  const { slug } = useOrg()
  const api = useApi()
  const router = useRouter()
  const queries = useQueryClient()
  const update = useMutation(api.settings.update.mutationOptions())
  const [failure, setFailure] = useState<ApiFailure | undefined>()
  // `raw`: the procedure parses the same text, so it is sent as typed.
  const form = useForm({
    resolver: zodResolver(settingsInput, undefined, { raw: true }),
    values: formOf(settings),
    disabled: !editable,
  })
  const { errors, isDirty, isSubmitting } = form.formState
  const submit = form.handleSubmit(async (values) => {
    setFailure(undefined)
    try {
      const saved = await update.mutateAsync({ org: slug, ...values })
      queries.setQueryData(api.settings.read.queryKey({ org: slug }), saved)
      form.reset(formOf(saved))
      toast.done('Settings saved')
      // The name is also in the sidebar.
      router.refresh()
    } catch (error) {
      setFailure(showInForm(form, error))
    }
  })
  return (
    <form noValidate onSubmit={submit} className="flex max-w-[760px] flex-col gap-5">
      <Card title="Organisation">
        <div className="grid gap-5 md:grid-cols-2">
          <Field label="Name" error={errors.name?.message}>
            <Input {...form.register('name')} />
          </Field>
          <Field label="Time zone" error={errors.timeZone?.message} hint="Days, budgets and charts follow it">
            <Controller
              control={form.control}
              name="timeZone"
              render={({ field }) => (
                <Combobox
                  choices={timeZoneChoices()}
                  value={field.value}
                  onChange={(value) => value && field.onChange(value)}
                  searchLabel="Search time zones"
                  disabled={!editable}
                />
              )}
            />
          </Field>
        </div>
      </Card>
      <Card title="Refusals" description="What an application is told when a budget is used up.">
        <div className="flex flex-col gap-5">
          <Field
            label="Status of a money refusal"
            error={errors.moneyRefusalStatus?.message}
            hint="Clients send a refused request again when they see 429; with 402 they stop"
          >
            <Select {...form.register('moneyRefusalStatus')}>
              <option value="402">402 Payment Required</option>
              <option value="429">429 Too Many Requests</option>
            </Select>
          </Field>
          <Controller
            control={form.control}
            name="showAmounts"
            render={({ field }) => (
              <Switch
                label="Show amounts"
                hint="Refusals say the limit, what was spent and what is held"
                checked={field.value}
                onCheckedChange={field.onChange}
                disabled={!editable}
              />
            )}
          />
        </div>
      </Card>
      <Card title="Limits" description="For all requests of the organisation together. An empty field is no limit.">
        <div className="grid gap-5 md:grid-cols-2">
          <Field label="Requests per minute" error={errors.requestsPerMinute?.message}>
            <Input inputMode="numeric" placeholder="No limit" {...form.register('requestsPerMinute')} />
          </Field>
          <Field label="Requests per hour" error={errors.requestsPerHour?.message}>
            <Input inputMode="numeric" placeholder="No limit" {...form.register('requestsPerHour')} />
          </Field>
          <Field label="Tokens per minute" error={errors.tokensPerMinute?.message}>
            <Input inputMode="numeric" placeholder="No limit" {...form.register('tokensPerMinute')} />
          </Field>
          <Field label="Tokens per hour" error={errors.tokensPerHour?.message}>
            <Input inputMode="numeric" placeholder="No limit" {...form.register('tokensPerHour')} />
          </Field>
          <Field
            label="Default output tokens"
            error={errors.defaultMaxOutputTokens?.message}
            hint="For requests that set no maximum"
          >
            <Input inputMode="numeric" {...form.register('defaultMaxOutputTokens')} />
          </Field>
        </div>
      </Card>
      <Card
        title="When budgets cannot be checked"
        description="Budgets are kept in Redis. This is for the minutes in which it cannot be reached."
      >
        <Field
          label="Requests in the meantime"
          error={errors.storeOutage?.message}
          hint="To keep answering, each proxy sets aside a little of every active key's budget beforehand: 1 % of what is left, at most $1. It spends no more than that, so no budget can be exceeded; limits on requests and tokens are not checked until Redis is back"
        >
          <Select {...form.register('storeOutage')}>
            <option value="closed">Refuse with 503 until they can be checked</option>
            <option value="bounded">Keep answering out of money set aside beforehand</option>
          </Select>
        </Field>
      </Card>
      <Card
        title="When nobody knows what a request cost"
        description="A request that was sent and whose gateway died is charged its worst case at first, and what it really cost as soon as that is known."
      >
        <Field
          label="If it is still not known after 24 hours"
          error={errors.provisionalRule?.message}
          hint="The ledger keeps both rows, the charge and what was taken back"
        >
          <Select {...form.register('provisionalRule')}>
            <option value="observed">Charge only what is known to have been used</option>
            <option value="full">Keep the worst case charged</option>
          </Select>
        </Field>
      </Card>
      <Card title="Equal requests at the same time">
        <Controller
          control={form.control}
          name="joinInFlight"
          render={({ field }) => (
            <Switch
              label="Share one call"
              hint="While a request is being answered, equal ones of this organisation get the same answer and cost nothing; a request can ask for an answer of its own with the header X-Gateway-Cache: off"
              checked={field.value}
              onCheckedChange={field.onChange}
              disabled={!editable}
            />
          )}
        />
      </Card>
      {failure ? <InlineError message={failure.message} requestId={failure.requestId} /> : null}
      {editable ? (
        <div className="flex justify-end gap-2">
          <Button disabled={!isDirty || isSubmitting} onClick={() => form.reset()}>
            Discard
          </Button>
          <Button type="submit" variant="primary" disabled={!isDirty} loading={isSubmitting}>
            Save changes
          </Button>
        </div>
      ) : null}
    </form>
  )
}
