'use client'

import { allowsModel } from '@tollkeeper/domain/policy'
import { budgetPeriods } from '@tollkeeper/domain/time'
import { Controller, useWatch, type UseFormReturn } from 'react-hook-form'
import { useOrg } from '#shell/org-context.tsx'
import { Combobox } from '#ui/combobox.tsx'
import { Disclosure } from '#ui/disclosure.tsx'
import { Field } from '#ui/field.tsx'
import { Input, TextArea } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { expiries, modelPatterns, newTeam, type CreateKeyForm } from './inputs.ts'
import { periodNames } from './key-quota.tsx'
import type { KeyChoices } from './listed-key.ts'

const expiryNames: Record<(typeof expiries)[number], string> = {
  never: 'Never',
  '1': 'In a day',
  '7': 'In 7 days',
  '30': 'In 30 days',
  '90': 'In 90 days',
  '365': 'In a year',
  date: 'On a date…',
}

type Form = UseFormReturn<CreateKeyForm>

/** Name, team and quota; the rest behind "More". */
export function KeyFields({ form, choices }: { form: Form; choices: KeyChoices }) {
  const { errors } = form.formState
  return (
    <>
      <Field label="Name" error={errors.name?.message} required>
        <Input autoFocus placeholder="Such as checkout-production" {...form.register('name')} />
      </Field>
      <Field label="Team" error={errors.teamId?.message ?? errors.teamName?.message} required>
        <Select {...form.register('teamId')}>
          {choices.teams.map((team) => (
            <option key={team.id} value={team.id}>
              {team.name}
            </option>
          ))}
          {choices.teams.length === 0 ? (
            <option value={newTeam}>{form.getValues('teamName')} (new, made with this key)</option>
          ) : null}
        </Select>
      </Field>
      <div className="grid grid-cols-[minmax(0,1fr)_140px] gap-3">
        <Field label="Quota (USD)" error={errors.quota?.message} hint="Empty: no quota of its own">
          <Input inputMode="decimal" prefix="$" placeholder="No quota" {...form.register('quota')} />
        </Field>
        <Field label="Period" error={errors.period?.message}>
          <Select {...form.register('period')}>
            {budgetPeriods.map((period) => (
              <option key={period} value={period}>
                {periodNames[period]}
              </option>
            ))}
          </Select>
        </Field>
      </div>
      <Disclosure label="More" open={['ownerId', 'expiresOn', 'allowedModels'].some((name) => name in errors)}>
        <div className="flex flex-col gap-5">
          <OwnerField form={form} choices={choices} />
          <ExpiryFields form={form} />
          <ModelsField form={form} models={choices.models} />
        </div>
      </Disclosure>
    </>
  )
}

function OwnerField({ form, choices }: { form: Form; choices: KeyChoices }) {
  const { memberId } = useOrg()
  const teamId = useWatch({ control: form.control, name: 'teamId' })
  const forOthers = choices.ledTeams === null || choices.ledTeams.some((id) => id === teamId)
  const owners = forOthers ? choices.owners : choices.owners.filter((owner) => owner.id === memberId)
  return (
    <Field
      label="Owner"
      error={form.formState.errors.ownerId?.message}
      hint="The owner’s limits hold for the key. A service belongs to nobody."
    >
      <Controller
        control={form.control}
        name="ownerId"
        render={({ field }) => (
          <Combobox
            choices={owners.map(({ id, name, email }) => ({ value: id, label: name, note: email }))}
            value={field.value === '' ? null : field.value}
            onChange={(value) => field.onChange(value ?? '')}
            searchLabel="Search people"
            {...(forOthers ? { none: 'Service' } : {})}
          />
        )}
      />
    </Field>
  )
}

function ExpiryFields({ form }: { form: Form }) {
  const { timeZone } = useOrg()
  const { errors } = form.formState
  const expires = useWatch({ control: form.control, name: 'expires' })
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label="Expires" error={errors.expires?.message}>
        <Select {...form.register('expires')}>
          {expiries.map((expiry) => (
            <option key={expiry} value={expiry}>
              {expiryNames[expiry]}
            </option>
          ))}
        </Select>
      </Field>
      {expires === 'date' ? (
        <Field label="Last day" error={errors.expiresOn?.message} hint={`To its end in ${timeZone}`}>
          <Input type="date" {...form.register('expiresOn')} />
        </Field>
      ) : null}
    </div>
  )
}

function ModelsField({ form, models }: { form: Form; models: readonly string[] }) {
  const typed = useWatch({ control: form.control, name: 'allowedModels' })
  return (
    <Field
      label="Allowed models"
      error={form.formState.errors.allowedModels?.message}
      hint={
        <>
          Names or patterns such as <code className="font-mono">gpt-*</code>, one per line.{' '}
          <span aria-live="polite">{matchText(typed, models)}</span>
        </>
      }
    >
      <TextArea rows={2} placeholder="All models" className="font-mono text-sm" {...form.register('allowedModels')} />
    </Field>
  )
}

function matchText(typed: string, models: readonly string[]): string {
  const parsed = modelPatterns.safeParse(typed)
  if (!parsed.success) return ''
  const matching = models.filter((model) => allowsModel(parsed.data, model))
  const [only] = matching
  if (parsed.data === null) return models.length === 0 ? '' : `Allows all ${models.length} models.`
  if (matching.length === 1 && only !== undefined) return `Matches ${only}.`
  return `Matches ${matching.length} ${matching.length === 1 ? 'model' : 'models'}.`
}
